"""What the form begins with, and a draft that comes back into it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from orders.models import Order
from orders.shipments import drafting
from portal.accounts.models import actor_of
from portal.permissions import Role
from programs.models import PostalAddress, Recipient, ShippingMethod
from tests import factories
from tests.orders.shipments import posted
from tests.orders.shipments.filled import (
    NEW,
    emptied,
    fill,
    in_days,
    words,
)
from tests.programs import posting


class TestADraft:
    def test_is_edited_as_it_is_stored(self, as_manu, typed, program, card, manu):
        order = posted.make_draft(
            program, card, manu, note="Mine", needed_by=in_days(60), to_name="Rosie"
        )
        url = f"/send/physical/{order.reference}/edit/"

        form = as_manu.get(url).context["form"]
        stored = {name: form[name].value() or "" for name in form.fields}
        page = as_manu.post(
            url, typed() | {n: str(v) for n, v in stored.items()} | {"value": "25"}
        )

        assert page.status_code == 303, page.context["form"].errors
        order.refresh_from_db()
        reward = order.rewards.get()
        assert (order.version, order.note, str(order.estimate)) == (
            2,
            "Mine",
            "$29.95",
        )
        assert (reward.to_name, reward.shipment.line1) == ("Rosie", "476 5th Ave")
        assert reward.shipment.needed_by == in_days(60)
        assert Recipient.objects.count() == 1

    def test_starts_with_the_address_it_has(self, as_manu, program, card, manu):
        order = posted.make_draft(program, card, manu)
        PostalAddress.objects.all().delete()

        page = as_manu.get(f"/send/physical/{order.reference}/edit/")

        assert page.context["form"]["where"].value() == "new"
        assert page.context["address"]["line1"].value() == "476 5th Ave"

    def test_whose_method_was_retired_says_so(self, as_manu, program, card, manu):
        order = posted.make_draft(program, card, manu)
        posting.make_method("GROUND", "7.00", (3, 4))
        ShippingMethod.objects.filter(provider_id="STANDARD").update(
            retired_at=timezone.now()
        )

        page = as_manu.get(f"/send/physical/{order.reference}/edit/")

        assert "The method chosen before is no longer offered" in words(page)
        assert "Ground is marked now" in words(page)

    def test_is_reached_by_the_address_of_every_order(
        self, as_manu, program, card, manu
    ):
        order = posted.make_draft(program, card, manu)
        mailed = factories.make_draft(program, card, manu)

        led = as_manu.get(f"/orders/{order.reference}/edit/")
        sent = as_manu.post(f"/orders/{order.reference}/edit/", {})
        lost = as_manu.get(f"/send/physical/{mailed.reference}/edit/")

        url = f"/send/physical/{order.reference}/edit/"
        assert (led.status_code, led.url) == (303, url)
        assert (sent.status_code, sent.url) == (303, url)
        assert lost.status_code == 404

    def test_of_two_tabs_the_second_is_told_what_changed(
        self, as_manu, program, card, manu, typed
    ):
        order = posted.make_draft(program, card, manu)
        wish = posted.make_wish(program, card, quantity=3, message="Theirs")
        drafting.edit(order, wish, version=1, actor=actor_of(manu))
        url = f"/send/physical/{order.reference}/edit/"

        page = as_manu.post(url, typed(version=1, message="Mine"))

        assert page.status_code == 409
        assert "was changed meanwhile" in words(page)
        assert "Theirs" in words(page)
        assert page.context["form"]["message"].value() == "Mine"
        again = as_manu.post(url, typed(version=2, message="Mine"))
        assert again.status_code == 303
        assert order.rewards.get().message == "Mine"

    def test_is_made_once_by_a_double_click(self, as_manu, typed):
        filled = typed()

        pages = [as_manu.post(NEW, filled) for _ in range(3)]

        order = Order.objects.get()
        assert {page.url for page in pages} == {f"/orders/{order.reference}/check/"}
        assert order.version == 1

    def test_is_changed_by_going_back(self, as_manu, typed):
        filled = typed()
        as_manu.post(NEW, filled)

        page = as_manu.post(NEW, filled | {"quantity": "3"}, follow=True)

        assert Order.objects.get().rewards.get().quantity == 3
        assert "$154.95" in words(page)

    def test_that_was_submitted_cannot_be_edited(self, as_manu, program, card, manu):
        order = posted.make_submitted(program, card, manu)

        page = as_manu.get(f"/send/physical/{order.reference}/edit/")

        assert (page.status_code, page.url) == (303, f"/orders/{order.reference}/")

    def test_takes_no_number_of_another_order(
        self, as_manu, typed, program, card, manu
    ):
        factories.make_draft(program, card, manu, po_number="TAKEN-1")

        page = as_manu.post(NEW, typed(po_number="taken-1"))

        assert page.context["form"].has_error("po_number")


class TestANewForm:
    def test_starts_with_the_programs_words_and_the_last_card(
        self, as_manu, program, card, manu
    ):
        posting.make_shipping()
        posted.make_draft(program, card, manu, value=Decimal(25))
        factories.make_draft(program, card, manu, value=Decimal(10))

        form = as_manu.get(NEW).context["form"]

        assert form["product"].value() == card.pk
        assert str(form["value"].value()) == "25.00"
        assert form["from_name"].value() == program.from_name
        assert form["message"].value() == program.message

    def test_repeats_an_order_for_the_same_person_or_another(
        self, as_manu, program, card, manu
    ):
        order = posted.make_draft(
            program, card, manu, message="Once more", quantity=3, note="Not this"
        )
        person = Recipient.objects.get()

        plain = as_manu.get(NEW, {"again": order.reference}).context["form"]
        same = as_manu.get(
            NEW, {"again": order.reference, "recipient": person.pk}
        ).context["form"]

        assert (plain["message"].value(), plain["quantity"].value()) == ("Once more", 3)
        assert (plain["note"].value(), plain["where"].value()) == (None, "new")
        assert same["message"].value() == "Once more"
        assert same["where"].value() == str(person.addresses.get().pk)

    def test_repeats_only_what_is_posted(self, as_manu, program, card, manu):
        mailed = factories.make_draft(program, card, manu, message="Mailed words")
        parcel = posted.make_draft(program, card, manu, message="Posted words")

        post = as_manu.get(NEW, {"again": mailed.reference})
        mail = as_manu.get("/send/digital/", {"again": parcel.reference})

        assert "Mailed words" not in words(post)
        assert "Posted words" not in words(mail)

    @pytest.mark.parametrize("odd", ["\x00", "-1", "1e9", "9" * 60, "\u0661", "\u00b2"])
    @pytest.mark.parametrize("name", ["again", "program", "recipient"])
    def test_ignores_odd_prefilling(self, as_manu, program, card, name, odd):
        assert as_manu.get(NEW, {name: odd}).status_code == 200

    @pytest.mark.parametrize("who", ["as_ada", "as_audra", "as_adam", "as_otto"])
    def test_is_for_managers(self, request, program, card, manu, who):
        order = posted.make_draft(program, card, manu)
        client = request.getfixturevalue(who)

        for url in (NEW, f"/send/physical/{order.reference}/edit/"):
            assert client.get(url).status_code == 404
            assert client.post(url, fill(program, card)).status_code == 404

    def test_of_another_program_brings_its_words_and_country(
        self, as_manu, typed, manu, program
    ):
        other = factories.make_program(
            "London",
            delivery_types=["PhysicalShipment"],
            from_name="London team",
            phone_region="GB",
        )
        other.memberships.create(user=manu, role=Role.MANAGER)
        sent = typed(
            **emptied(),
            preview="page",
            program_before=program.pk,
            message="Typed by hand",
        )

        page = as_manu.post(NEW, sent | {"program": str(other.pk)})

        form = page.context["form"]
        assert form["from_name"].value() == "London team"
        assert form["message"].value() == "Typed by hand"
        assert page.context["address"]["country"].value() == "GB"

    def test_tells_cost_label_and_words_while_one_types(self, as_manu, typed):
        page = as_manu.post(NEW, typed(preview="part"), headers={"hx-request": "true"})

        said = words(page)
        assert "Shipping estimate $4.95" in said
        assert "Total $54.95" in said
        assert "NEW YORK, NY 10018" in said
        assert "Enjoy your reward!" in said
        assert "<html" not in page.content.decode()
