"""By what a card goes and in what: shipping methods and card carriers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Order, Shipment
from programs.models import ShippingMethod
from tests import factories
from tests.orders.shipments import posted
from tests.orders.shipments.filled import (
    NEW,
    fill,
    refused,
    words,
)
from tests.programs import posting


class TestShippingMethods:
    @pytest.fixture(autouse=True)
    def _methods(self, db, noon):
        posted.standard()
        posting.make_method("OVERNIGHT", "29.90", (1, 1), carrier="Swiftline")
        posting.make_method("GROUND", "7.00", (3, 4), carrier="Swiftline")
        posting.make_method("PIGEON", "9.00", carrier="")

    @pytest.fixture
    def noon(self, clock):
        # A Monday in New York.
        clock.move_to("2026-11-30T17:00:00+00:00")

    def test_are_sorted_by_price_with_dates_and_badges(self, as_manu, program, card):
        form = as_manu.get(NEW).context["form"]

        options = [option for _pk, option in form.fields["method"].choices]
        assert [(option.name, str(option.amount)) for option in options] == [
            ("Standard", "$4.95"),
            ("Ground", "$7.00"),
            ("Pigeon", "$9.00"),
            ("Overnight", "$29.90"),
        ]
        assert [option.badge for option in options] == ["Cheapest", "", "", "Fastest"]
        assert options[0].detail == (
            "Pelican Post · Estimate: arrives Mon 7 – Thu 10 Dec if approved by "
            "2 p.m. today · Not tracked"
        )
        assert options[2].detail == "Nobody entered how long it takes"
        assert form["method"].value() == str(posted.standard().pk)

    @pytest.mark.parametrize(
        ("now", "words"),
        [
            ("2026-11-30T20:00:00+00:00", "by 2 p.m. tomorrow"),
            ("2026-12-04T20:00:00+00:00", "by 2 p.m., Mon 7 Dec"),
        ],
    )
    def test_name_another_day_where_todays_cut_off_is_over(
        self, manu, program, card, clock, now, words
    ):
        clock.move_to(now)

        form = factories.signed_in(manu).get(NEW).context["form"]

        assert words in form.fields["method"].choices[0][1].detail

    def test_are_marked_anew_for_the_day_while_nobody_chose(self, as_manu, typed):
        standard = str(posted.standard().pk)
        sent = typed(method=standard, suggested=standard, needed_by="2026-12-04")

        page = as_manu.post(
            NEW, sent | {"preview": "methods"}, headers={"hx-request": "true"}
        )
        unseen = as_manu.post(NEW, sent)

        ground = str(ShippingMethod.objects.get(provider_id="GROUND").pk)
        for each in (page, unseen):
            assert each.status_code == 200
            form = each.context["form"]
            assert form["method"].value() == form["suggested"].value() == ground
            assert "Ground is marked now" in words(each)
        assert not Order.objects.exists()
        assert "Paste an address" not in words(page)
        assert "$57.00" in words(page)
        moved = {"method": ground, "suggested": ground}
        assert as_manu.post(NEW, sent | moved).status_code == 303
        assert Shipment.objects.get().method.provider_id == "GROUND"

    def test_stay_as_they_were_chosen(self, as_manu, typed):
        overnight = ShippingMethod.objects.get(provider_id="OVERNIGHT")
        standard = posted.standard()
        sent = typed(method=standard, suggested=overnight.pk, needed_by="2026-12-01")

        shown = as_manu.post(NEW, sent | {"preview": "page"})
        page = as_manu.post(NEW, sent)

        assert shown.context["form"]["method"].value() == str(standard.pk)
        assert "May be too late" in words(shown)
        assert page.status_code == 303
        check = as_manu.get(page.url)
        assert "It may arrive too late" in words(check)

    def test_can_be_narrowed_to_one_company(self, as_manu, typed):
        standard = str(posted.standard().pk)
        sent = typed(method=standard, suggested=standard, company="Swiftline")

        page = as_manu.post(NEW, sent | {"preview": "page"})

        form = page.context["form"]
        names = [option.name for _pk, option in form.fields["method"].choices]
        badges = [option.badge for _pk, option in form.fields["method"].choices]
        assert names == ["Ground", "Overnight"]
        assert badges == ["Cheapest", "Fastest"]
        assert form["method"].value() == str(
            ShippingMethod.objects.get(provider_id="GROUND").pk
        )

    def test_of_another_company_may_be_taken_all_the_same(self, as_manu, typed):
        page = as_manu.post(NEW, typed(company="Swiftline"))

        assert page.status_code == 303
        assert Shipment.objects.get().method == posted.standard()

    def test_take_few_questions_however_many_there_are(self, as_manu, typed):
        for number in range(200):
            company = f"Company {number % 12}"
            posting.make_method(f"M{number}", "5.50", (1, 9), carrier=company)
        sent = typed(preview="methods", company="Company 3", needed_by="2026-12-20")

        with CaptureQueriesContext(connection) as few:
            page = as_manu.post(NEW, sent, headers={"hx-request": "true"})

        about = ("shippingmethod", "transittime", "holiday", "cardcarrier")
        asked = [
            query["sql"]
            for query in few.captured_queries
            if any(name in query["sql"] for name in about)
        ]
        assert page.status_code == 200
        # For what was typed, and for the form that is shown.
        assert len(asked) <= 2 * 6

    @pytest.mark.parametrize("company", ["Nobody", "\x00", "x" * 500])
    def test_of_an_unknown_company_are_all_of_them(self, as_manu, typed, company):
        page = as_manu.post(NEW, typed(company=company, preview="page"))

        assert len(page.context["form"].fields["method"].choices) == 4


class TestCardCarriers:
    @pytest.fixture
    def metal(self, db):
        return factories.make_product(
            "METAL",
            values=[50],
            delivery_types=["PhysicalShipment"],
            has_required_card_carriers=True,
        )

    def test_are_hidden_and_not_sent_where_there_is_no_choice(
        self, as_manu, typed, settings
    ):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder"}

        form = as_manu.get(NEW).context["form"]
        as_manu.post(NEW, typed(card_carrier="DEFAULT"))

        assert "card_carrier" not in form.fields
        assert Shipment.objects.get().card_carrier == ""

    def test_are_sent_unasked_where_the_only_one_is_required(
        self, as_manu, program, metal, settings
    ):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder"}

        as_manu.post(NEW, fill(program, metal))

        assert Shipment.objects.get().card_carrier == "DEFAULT"

    def test_may_be_none_unless_required(self, as_manu, typed, settings):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder", "GOLD": "Golden folder"}

        form = as_manu.get(NEW).context["form"]
        as_manu.post(NEW, typed())

        names = [str(name) for _id, name in form.fields["card_carrier"].choices]
        assert names == ["None", "Plain folder", "Golden folder"]
        assert Shipment.objects.get().card_carrier == ""

    @pytest.mark.parametrize("chosen", ["", "SILVER", None])
    def test_must_be_one_of_them_where_required(
        self, as_manu, program, metal, settings, chosen
    ):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder", "GOLD": "Golden folder"}

        page = as_manu.post(NEW, fill(program, metal, card_carrier=chosen))
        fine = as_manu.post(NEW, fill(program, metal, card_carrier="GOLD"))

        assert "card_carrier" in page.context["form"].errors
        assert fine.status_code == 303
        assert Shipment.objects.get().card_carrier == "GOLD"

    def test_that_nobody_knows_of_are_the_products_problem(
        self, as_manu, program, metal
    ):
        page = as_manu.post(NEW, fill(program, metal))

        assert refused(page) == ["product"]
        assert "needs a card carrier" in words(page)

    def test_follow_the_product(self, as_manu, program, metal, settings):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder", "GOLD": "Golden folder"}
        sent = fill(program, metal, preview="carrier")

        page = as_manu.post(NEW, sent, headers={"hx-request": "true"})

        assert "Golden folder" in words(page)
        assert "None" not in words(page)
        assert "METAL is sold for $50.00" in words(page)
        assert "Paste an address" not in words(page)
