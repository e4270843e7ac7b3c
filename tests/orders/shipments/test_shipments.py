"""The list of parcels and the page of one: who sees what, and what they look after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Order, Shipment
from orders.parcel_states import ShipmentStatus
from portal.permissions import Role
from programs import arrival
from tests import factories
from tests.orders.shipments import posted
from tests.programs import posting

LIST = "/shipments/"


def today():
    return arrival.local_day(timezone.now())


def texts(page):
    return page.content.decode()


@pytest.fixture
def shipped(program, card, manu):
    return posted.make_shipped(program, card, manu)


def put(parcel, **fields):
    """As if the parcel had come that far."""
    Shipment.objects.filter(pk=parcel.pk).update(**fields)


def make_late(parcel, *, days=1):
    put(parcel, arrives_by=today() - timedelta(days=days))


class TestList:
    def test_it_shows_where_a_parcel_goes_and_how_far_it_is(self, as_manu, shipped):
        page = texts(as_manu.get(LIST))

        for words in (
            shipped.number,
            "Rosa Example",
            "New York, United States",
            "Spring",
            "Shipped",
            "Standard",
            "Pelican Post",
        ):
            assert words in page
        assert "Late" not in page.split('id="rows"')[1].split("<table")[1]

    def test_drafts_are_shown_only_where_asked_for(self, as_manu, program, card, manu):
        order = posted.make_draft(program, card, manu)
        number = order.rewards.get().shipment.number

        assert number not in texts(as_manu.get(LIST))
        assert "Nothing shipped yet" in texts(as_manu.get(LIST))
        assert number in texts(as_manu.get(LIST, {"status": "planned"}))

    def test_what_is_late_says_so_in_words_and_comes_longest_overdue_first(
        self, as_manu, program, card, manu
    ):
        names = ("Ann", "Ben", "Cleo")
        parcels = [
            posted.make_shipped(program, card, manu, name=name) for name in names
        ]
        make_late(parcels[1], days=2)
        make_late(parcels[2], days=9)

        page = texts(as_manu.get(LIST, {"status": "late"}))

        assert page.index("Cleo") < page.index("Ben")
        assert "Ann" not in page
        assert "The last day it was expected on has passed." in page

    def test_what_arrived_is_not_late(self, as_manu, shipped):
        make_late(shipped)
        put(shipped, status=ShipmentStatus.DELIVERED)

        assert shipped.number not in texts(as_manu.get(LIST, {"status": "late"}))

    def test_what_may_miss_its_day_is_found(self, as_manu, program, card, manu):
        safe = posted.make_shipped(program, card, manu, name="Safe")
        risky = posted.make_shipped(program, card, manu, name="Risky")
        put(safe, needed_by=today() + timedelta(days=30))
        put(risky, needed_by=today() + timedelta(days=6))

        page = texts(as_manu.get(LIST, {"at_risk": "on"}))

        assert risky.number in page
        assert safe.number not in page
        assert "May miss its day" in page

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("{number}", True),
            ("{small}", True),
            ("rosa", True),
            ("EXAMPLE rosa", True),
            ("rosa nobody", False),
            ("1Z999", True),
            ("{po}", True),
            ("S-999999999", False),
            ("S-99999999999999999999999999", False),
            ("%", False),
            ("'; --", False),
            ("\x00", False),
        ],
    )
    def test_it_is_searched_by_number_order_name_and_tracking(
        self, as_manu, shipped, words, found
    ):
        put(shipped, tracking_number="1Z9999W99999999999")
        order = shipped.reward.order
        asked = words.format(
            number=shipped.number, small=shipped.number.lower(), po=order.po_number
        )

        page = as_manu.get(LIST, {"q": asked})

        assert page.status_code == 200
        if words != "\x00":  # makes no sense, so it is left out
            assert (f"/shipments/{shipped.pk}/" in texts(page)) is found

    def test_letters_beyond_ascii_are_found_in_any_case(
        self, as_manu, program, card, manu
    ):
        posted.make_shipped(program, card, manu, name="Øyvind Åse")

        assert "Øyvind Åse" in texts(as_manu.get(LIST, {"q": "øyvind"}))

    def test_it_is_filtered_by_method_company_and_program(
        self, as_manu, program, card, manu
    ):
        slow = posted.make_shipped(program, card, manu, name="Slow")
        swift = posting.make_method("AIR", "9.00", (1, 2), carrier="Swiftline")
        posting.make_method("FREIGHT", "19.00", carrier="Swiftline")
        quick = posted.make_shipped(program, card, manu, name="Quick", method=swift)

        for chosen in (f"method-{swift.pk}", f"company-{swift.pk}"):
            page = texts(as_manu.get(LIST, {"shipping": chosen}))
            assert quick.number in page
            assert slow.number not in page
        both = texts(as_manu.get(LIST, {"program": program.pk}))
        assert quick.number in both
        assert slow.number in both
        assert "No shipment matches" in texts(
            as_manu.get(LIST, {"status": "returned", "program": program.pk})
        )

    @pytest.mark.parametrize(
        "query",
        [
            {"status": "nonsense"},
            {"program": "x"},
            {"shipping": "method-0"},
            {"shipping": "company-x"},
            {"after": "forged"},
            {"q": "x" * 101},
        ],
    )
    def test_a_filter_that_makes_no_sense_is_left_out(self, as_manu, shipped, query):
        page = as_manu.get(LIST, query)

        assert page.status_code == 200
        assert shipped.number in texts(page)

    def test_the_tabs_count_what_there_is_to_do(self, as_manu, shipped):
        make_late(shipped)

        tabs = {tab["label"]: tab["count"] for tab in as_manu.get(LIST).context["tabs"]}

        assert tabs["Late"] == 1
        assert tabs["Shipped"] == 1
        assert tabs["Delivered"] is None

    def test_pages_follow_each_other_in_either_order(
        self, as_manu, program, card, manu
    ):
        parcel = posted.make_shipped(program, card, manu)
        for number in range(60):
            crowd(parcel, today() - timedelta(days=number % 7 + 1))

        for query in ({"status": "shipped"}, {"status": "late"}):
            first = as_manu.get(LIST, query)
            second = as_manu.get(LIST + first.context["page"].older_url)
            seen = [
                line.parcel.pk
                for page in (first, second)
                for line in page.context["rows"]
            ]
            assert len(seen) == len(set(seen)) >= 60

    def test_only_who_records_gets_the_boxes(self, as_manu, as_audra, shipped):
        assert 'name="ids"' in texts(as_manu.get(LIST))
        assert "Import tracking numbers" in texts(as_manu.get(LIST))
        assert 'name="ids"' not in texts(as_audra.get(LIST))
        assert "Import tracking numbers" not in texts(as_audra.get(LIST))

    def test_parcels_of_other_programs_are_not_there(self, as_manu, shipped, adam):
        other = factories.make_program("Autumn")
        put(shipped, program=other)

        assert shipped.number not in texts(as_manu.get(LIST))
        assert as_manu.get(f"/shipments/{shipped.pk}/").status_code == 404
        hidden = as_manu.get(LIST, {"program": other.pk})
        assert shipped.number not in texts(hidden)


class TestPage:
    def test_it_shows_the_label_and_everything_recorded(
        self, as_audra, program, shipped
    ):
        put(
            shipped,
            tracking_number="1Z999",
            tracking_company="UPS",
            tracking_url="https://track.example.com/1Z999",
        )

        page = texts(as_audra.get(f"/shipments/{shipped.pk}/"))

        for words in (
            "476 5th Ave",
            "NEW YORK, NY 10018",
            "1Z999",
            "UPS",
            'href="https://track.example.com/1Z999"',
            shipped.reward.order.po_number,
            "Arrives (estimate)",
            "$50.00 CVS × 1",
        ):
            assert words in page
        assert "shipments/print" not in page  # an auditor does not print
        assert "Delivered</a>" not in page

    def test_an_address_that_is_not_https_is_no_link(self, as_manu, shipped):
        put(shipped, tracking_number="1", tracking_url="javascript:alert(1)")

        page = texts(as_manu.get(f"/shipments/{shipped.pk}/"))

        assert "javascript:" not in page

    def test_a_parcel_without_an_address_says_so(self, as_manu, program, card, manu):
        order = posted.make_draft(
            program, card, manu, address=None, email="rosa@example.com"
        )
        parcel = order.rewards.get().shipment

        page = texts(as_manu.get(f"/shipments/{parcel.pk}/"))

        assert "Nobody knows yet where Rosa Example lives." in page
        assert "Tracking number</a>" not in page

    def test_what_came_back_says_what_to_do_next(self, as_manu, as_audra, shipped):
        put(
            shipped,
            status=ShipmentStatus.RETURNED,
            returned_on=today(),
            return_reason="Moved away",
        )
        reference = shipped.reward.order.reference

        page = texts(as_manu.get(f"/shipments/{shipped.pk}/"))

        assert "Moved away" in page
        assert f"/send/physical/?again={reference}" in page
        auditor = texts(as_audra.get(f"/shipments/{shipped.pk}/"))
        assert "Send another</a>" not in auditor

    def test_outsiders_find_nothing(self, client, as_otto, as_adam, shipped):
        url = f"/shipments/{shipped.pk}/"
        other = factories.make_program("Autumn")
        stranger = factories.signed_in(
            factories.make_member("Stan", other, Role.MANAGER)
        )

        assert as_otto.get(url).status_code == 404
        assert stranger.get(url).status_code == 404
        assert client.get(url).status_code == 302
        assert as_adam.get(url).status_code == 200


class TestHome:
    def test_it_leads_to_what_is_late(self, as_manu, as_ada, shipped):
        make_late(shipped)

        page = texts(as_manu.get("/"))

        assert '<a href="/shipments/?status=late">1 parcel is late</a>' in page
        assert "parcel is late" not in texts(as_ada.get("/"))

    def test_it_is_silent_while_nothing_is_late(self, as_manu, shipped):
        assert "late" not in texts(as_manu.get("/")).split("Needs you")[1][:400]


def crowd(parcel, arrives_by):
    """Another parcel like this one."""
    reward = parcel.reward
    reward.pk, reward.row = None, None
    reward.save(force_insert=True)
    parcel.pk, parcel.reward, parcel.arrives_by = None, reward, arrives_by
    parcel.save(force_insert=True)
    assert Order.objects.count() == 1
