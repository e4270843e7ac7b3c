"""A card in the post on every page an order shows up on, in every state it can have."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders import approvals, releasing
from orders.models import Order, Shipment
from orders.shipments import drafting
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.permissions import Role
from programs import arrival
from programs.models import Product, Program, Recipient, ShippingMethod
from tests import factories
from tests.orders.shipments import posted
from tests.programs import posting


def words(page):
    """What a page says, without its markup."""
    assert page.status_code == 200, page.status_code
    text = re.sub(
        r"<(script|svg).*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.S
    )
    return " ".join(text.split())


def check(order):
    return f"/orders/{order.reference}/check/"


def submit(client, order):
    form = {"version": order.version, "estimate": order.estimate_minor}
    return client.post(f"/orders/{order.reference}/submit/", form)


def answers(page):
    return {row.key: row.value for row in page.context["rows"]}


@pytest.fixture
def draft(program, card, manu):
    return posted.make_draft(program, card, manu)


class TestTheCheckPage:
    def test_tells_everything_and_the_price_is_on_the_button(self, as_manu, draft):
        page = as_manu.get(check(draft))

        said, rows = words(page), answers(page)
        assert rows["Address"] == (
            "Rosa Example, 476 5th Ave, NEW YORK, NY 10018, UNITED STATES"
        )
        assert rows["Shipping method"] == "Standard"
        assert rows["Delivery company"] == "Pelican Post"
        assert rows["Estimated arrival"].endswith("(estimate)")
        assert "Card carrier" not in rows
        assert "Shipping estimate $4.95" in said
        assert "Submit for approval: $54.95" in said
        assert "It may arrive too late" not in said
        assert "Ask for a confirmation" not in said

    def test_says_order_where_no_approval_is_needed(self, as_manu, draft, program):
        Program.objects.filter(pk=program.pk).update(approval_rule="never")

        assert "Order for $54.95" in words(as_manu.get(check(draft)))

    def test_names_the_card_carrier(self, as_manu, program, card, manu, settings):
        settings.CARD_CARRIERS = {"DEFAULT": "Plain folder", "GOLD": "Golden folder"}
        order = posted.make_draft(program, card, manu, card_carrier="GOLD")

        assert answers(as_manu.get(check(order)))["Card carrier"] == "Golden folder"

    def test_warns_of_what_is_expected_too_late(self, as_manu, program, card, manu):
        soon = arrival.local_day(timezone.now()) + timedelta(days=1)
        order = posted.make_draft(program, card, manu, needed_by=soon)

        said = words(as_manu.get(check(order)))

        assert "It may arrive too late" in said
        assert submit(as_manu, order).status_code == 303

    def test_shows_why_an_address_is_kept_and_by_whom(
        self, as_manu, program, card, manu
    ):
        order = posted.make_draft(program, card, manu, **odd_address())

        page = as_manu.get(check(order))

        assert answers(page)["Kept as typed"] == "Manu: They write it so"

    def test_asks_for_a_missing_address_instead_of_submitting(
        self, as_manu, program, card, manu
    ):
        order = posted.make_draft(
            program, card, manu, address=None, email="dana@example.com"
        )

        said = words(as_manu.get(check(order)))

        assert "Ask 1 person for their address" in said
        assert "Submit for approval" not in said
        refused = submit(as_manu, order)
        assert refused.status_code == 422
        assert "The address is missing." in refused.content.decode()

    def test_submitting_leads_to_the_order_and_holds_the_money(
        self, as_manu, draft, program
    ):
        pages = [submit(as_manu, draft) for _ in "12"]

        assert [page.url for page in pages] == [f"/orders/{draft.reference}/"] * 2
        program.refresh_from_db()
        assert program.held_minor == 5495

    @pytest.mark.parametrize(
        ("model", "change", "reason"),
        [
            (Program, {"status": "paused"}, "Spring is paused"),
            (Program, {"delivery_types": ["Links"]}, "cannot be sent by post here"),
            (Program, {"reward_cap_minor": 500}, "may be at most $5.00"),
            (Program, {"funded_minor": 5000}, "has $50.00 available"),
            (Product, {"delivery_types": ["Links"]}, "CVS is not offered"),
            (Product, {"has_required_card_carriers": True}, "needs a card carrier"),
            (ShippingMethod, {"retired_at": "now"}, "Standard is no longer offered"),
            (ShippingMethod, {"cost_minor": 595}, "The price is $55.95 now"),
            (Product, {"fee_minor": 100}, "The price is $55.95 now"),
            (Shipment, {"needed_by": date(2020, 1, 1)}, "needed by has passed"),
        ],
        ids=str,
    )
    def test_says_what_came_in_between_and_nothing_is_submitted(
        self, as_manu, draft, model, change, reason
    ):
        late = {name: timezone.now() if v == "now" else v for name, v in change.items()}
        model.objects.update(**late)

        page = submit(as_manu, draft)

        assert page.status_code == 422
        assert reason in page.content.decode()
        draft.refresh_from_db()
        assert (draft.status, draft.program.held_minor) == ("draft", 0)


class TestTheReviewPage:
    def test_tells_an_approver_what_counts(self, as_ada, program, card, manu):
        needed = arrival.local_day(timezone.now()) + timedelta(days=60)
        order = posted.make_submitted(program, card, manu, needed_by=needed)

        page = as_ada.get(f"/approvals/{order.reference}/")

        said = words(page)
        assert "Manu asks to post 1 × CVS $50.00 for $54.95 from Spring." in said
        assert "Approve $54.95" in said
        assert all(each.passed for each in page.context["checks"])
        assert [each.label for each in page.context["checks"]] == [
            "The program runs",
            "Product and value are on sale",
            "Within the caps",
            "The address can be posted to",
            "The shipping method is on offer",
            "The card carrier can be had",
            "It arrives in time",
            "The budget holds it",
            "The PONumber is unique",
        ]
        assert page.context["preview"].parcel.label[-1] == "UNITED STATES"

    def test_shows_an_override_with_its_reason_and_whose_it_is(
        self, as_ada, program, card, manu
    ):
        order = posted.make_submitted(program, card, manu, **odd_address())

        said = words(as_ada.get(f"/approvals/{order.reference}/"))

        assert "Kept as typed by Manu: They write it so" in said

    @pytest.mark.parametrize(
        ("model", "change", "label"),
        [
            (ShippingMethod, {"retired_at": "now"}, "The shipping method is on offer"),
            (
                Product,
                {"has_required_card_carriers": True},
                "The card carrier can be had",
            ),
            (Shipment, {"line1": ""}, "The address can be posted to"),
            (Shipment, {"needed_by": date(2020, 1, 1)}, "It arrives in time"),
        ],
        ids=str,
    )
    def test_says_which_check_did_not_pass(
        self, as_ada, program, card, manu, model, change, label
    ):
        order = posted.make_submitted(program, card, manu)
        late = {name: timezone.now() if v == "now" else v for name, v in change.items()}
        model.objects.update(**late)

        checks = as_ada.get(f"/approvals/{order.reference}/").context["checks"]

        assert label in [each.label for each in checks if not each.passed]

    def test_tells_what_changed_since_the_last_decision(
        self, as_ada, program, card, manu, ada
    ):
        order = posted.make_submitted(program, card, manu)
        approvals.request_changes(
            order, content_hash=order.content_hash, comment="No", actor=actor_of(ada)
        )
        order.refresh_from_db()
        wish = posted.make_wish(
            program, card, method=posting.make_method("OVERNIGHT", "29.90", (1, 1))
        )
        edited = drafting.edit(order, wish, version=order.version, actor=actor_of(manu))
        submit(factories.signed_in(manu), edited)

        said = words(as_ada.get(f"/approvals/{order.reference}/"))

        assert "Shipping method" in said
        assert "STANDARD" in said
        assert "OVERNIGHT" in said


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (ShippingMethod, {"cost_minor": 595}),
        (Product, {"fee_minor": 100}),
        (ShippingMethod, {"retired_at": "now"}),
        (Product, {"delivery_types": ["Links"]}),
        (Product, {"has_required_card_carriers": True}),
    ],
    ids=str,
)
def test_what_changed_since_approval_hands_it_back_for_a_new_one(
    as_manu, program, card, manu, ada, settings, model, change
):
    settings.RELEASE_HOLD_SECONDS = 0
    order = posted.make_submitted(program, card, manu)
    approvals.approve(order, content_hash=order.content_hash, actor=actor_of(ada))
    late = {name: timezone.now() if v == "now" else v for name, v in change.items()}
    model.objects.update(**late)

    releasing.release(order.pk, actor=WORKER)

    order.refresh_from_db()
    assert order.status == "changes requested"
    assert order.problem
    assert not order.placements.exists()
    assert order.program.held_minor == 0
    said = words(as_manu.get(f"/orders/{order.reference}/"))
    assert "What stands in the way" in said
    assert "Check and submit" in said
    assert "needs a new approval" in said


class TestTheOrderPage:
    def test_follows_the_parcel(self, as_manu, program, card, manu):
        parcel = posted.make_shipped(program, card, manu)

        said = words(as_manu.get(f"/orders/{parcel.reward.order.reference}/"))

        assert parcel.number in said
        assert "Shipped" in said
        assert "(estimate)" in said
        assert "Shipping estimate $4.95" in said
        assert "Send another" in said

    @pytest.mark.parametrize(
        ("url", "is_link"),
        [
            ("https://track.example.com/X1", True),
            ("http://track.example.com/X1", False),
            ("javascript:alert(1)", False),
        ],
    )
    def test_links_to_tracking_only_where_it_is_encrypted(
        self, as_manu, program, card, manu, url, is_link
    ):
        parcel = posted.make_shipped(program, card, manu)
        Shipment.objects.update(tracking_url=url, tracking_number="X1")

        page = as_manu.get(f"/orders/{parcel.reward.order.reference}/")

        assert "X1" in words(page)
        assert (f'href="{url}"' in page.content.decode()) is is_link

    def test_says_what_is_late(self, as_manu, program, card, manu):
        parcel = posted.make_shipped(program, card, manu)
        Shipment.objects.update(arrives_by=date(2020, 1, 1))

        said = words(as_manu.get(f"/orders/{parcel.reward.order.reference}/"))

        assert "Late" in said

    def test_repeats_for_the_same_person(self, as_manu, program, card, manu):
        parcel = posted.make_shipped(program, card, manu)

        page = as_manu.get(f"/orders/{parcel.reward.order.reference}/")

        url = f"/send/physical/?again={parcel.reward.order.reference}"
        assert url in page.content.decode()

    def test_tells_an_auditor_what_happened_to_the_parcel(
        self, as_audra, program, card, manu
    ):
        parcel = posted.make_shipped(program, card, manu)

        page = as_audra.get(f"/orders/{parcel.reward.order.reference}/")

        assert "Order created" in words(page)
        assert "Send another" not in words(page)


class TestLists:
    def test_name_the_recipient_and_the_way(self, as_manu, as_ada, program, card, manu):
        posted.make_submitted(program, card, manu)

        for client, url in ((as_manu, "/orders/"), (as_ada, "/approvals/")):
            said = words(client.get(url))
            assert "Rosa Example CVS · by post" in said

    def test_offer_the_third_way_to_send(self, as_manu, program):
        assert '<a href="/send/physical/">By post</a>' in (
            as_manu.get("/send/").content.decode()
        )


def test_no_address_is_in_the_journal(as_manu, program, card, manu):
    posted.make_submitted(program, card, manu, **odd_address(), message="Hello Rosa")

    kept = str(list(Entry.objects.values_list("data", flat=True)))

    for secret in ("Rosa", "5th Ave", "1OO18", "They write it so", "Hello"):
        assert secret not in kept


@pytest.mark.parametrize("wanted", ["order_detail", "order_check", "approval_review"])
def test_people_of_other_programs_find_nothing(program, card, manu, wanted):
    order = posted.make_submitted(program, card, manu)
    other = factories.make_program("Other")
    strangers = [
        factories.make_member(f"Stranger{role.name}", other, role)
        for role in (Role.MANAGER, Role.APPROVER)
    ]
    urls = {
        "order_detail": f"/orders/{order.reference}/",
        "order_check": check(order),
        "approval_review": f"/approvals/{order.reference}/",
    }

    for stranger in strangers:
        page = factories.signed_in(stranger).get(urls[wanted])
        assert page.status_code == 404


def test_the_recipients_page_tells_of_it(as_manu, program, card, manu):
    order = posted.make_submitted(program, card, manu, value=Decimal(25))
    person = Recipient.objects.get()

    said = words(as_manu.get(f"/recipients/{person.pk}/"))

    assert order.po_number in said
    assert Order.objects.count() == 1


def odd_address():
    """With a letter where the post has a digit, and why it is right."""
    odd = posted.LIBRARY.__class__(
        country="US",
        name="Rosa Example",
        line1="476 5th Ave",
        city="New York",
        state="NY",
        postal_code="1OO18",
    )
    return {"address": odd, "reason": "They write it so"}
