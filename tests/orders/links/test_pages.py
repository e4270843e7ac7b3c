"""A batch of links on every page an order shows up on, in every state it can have."""

import re
from decimal import Decimal

import pytest

from orders import approvals, drafts, releasing
from orders.links import drafting
from orders.models import Claim, Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.permissions import Role
from programs.models import Program
from tests import factories
from tests.orders.claims.made import (
    make_batch,
    make_draft,
    make_submitted,
    make_wish,
)

TERMS = {"value": Decimal(10), "quantity": 500, "label": "Spring fair"}


@pytest.fixture(autouse=True)
def _funds(program):
    Program.objects.filter(pk=program.pk).update(funded_minor=1_000_000)
    program.refresh_from_db()


def words(page):
    """What a page says, without its markup."""
    assert page.status_code == 200, page.status_code
    return said(page)


def said(page):
    text = re.sub(
        r"<(script|svg).*?</\1>|<[^>]+>", " ", page.content.decode(), flags=re.S
    )
    return " ".join(text.split())


def test_the_check_page_tells_everything_and_the_price_is_on_the_button(
    as_manu, program, cvs, manu
):
    order = make_draft(program, cvs, manu, **TERMS, note="Hurry")

    page = as_manu.get(f"/orders/{order.reference}/check/")

    shown = words(page)
    for fact in (
        "Product CVS",
        "Value $10.00 × 500",
        "Label Spring fair",
        "Last day None",
        "What the links are Links to this portal",
        "Line items One for each link",
        "From name Rewards Team",
        "Note to the provider Hurry",
        "Total $5,000.00",
        "Program budget before $10,000.00",
        "Program budget after $5,000.00",
        "Rewards Team gives you a $10.00 CVS gift card.",
    ):
        assert fact in shown
    assert "Submit 500 links ($5,000.00) for approval" in shown
    assert f'href="/links/{order.reference}/edit/"' in page.content.decode()


def test_where_no_approval_is_needed_the_button_creates(as_manu, program, cvs, manu):
    Program.objects.filter(pk=program.pk).update(approval_rule="never")
    order = make_draft(program, cvs, manu, **TERMS | {"quantity": 1})

    page = as_manu.get(f"/orders/{order.reference}/check/")

    assert "Create 1 link ($10.00)" in words(page)


def test_submitting_leads_to_the_order_and_holds_the_money(as_manu, program, cvs, manu):
    order = make_draft(program, cvs, manu, **TERMS)
    form = {"version": order.version, "estimate": order.estimate_minor}

    pages = [as_manu.post(f"/orders/{order.reference}/submit/", form) for _ in "12"]

    assert [page.url for page in pages] == [f"/orders/{order.reference}/"] * 2
    program.refresh_from_db()
    assert program.held_minor == 500_000


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "paused"}, "Spring is paused"),
        ({"delivery_types": ["DigitalDelivery"]}, "Spring gives no claim links"),
        ({"reward_cap_minor": 500}, "may be at most $5.00"),
        ({"funded_minor": 400_000}, "has $4,000.00 available"),
    ],
    ids=str,
)
def test_what_changed_since_the_draft_is_told_at_submission(
    as_manu, program, cvs, manu, change, reason
):
    order = make_draft(program, cvs, manu, **TERMS)
    Program.objects.filter(pk=program.pk).update(**change)

    page = as_manu.post(
        f"/orders/{order.reference}/submit/",
        {"version": order.version, "estimate": order.estimate_minor},
    )

    assert page.status_code == 422
    assert reason in said(page)
    order.refresh_from_db()
    assert order.status == "draft"


def test_a_price_that_rose_is_shown_and_not_submitted(as_manu, program, cvs, manu):
    order = make_draft(program, cvs, manu, **TERMS)
    cvs.fee_minor = 100
    cvs.save()

    page = as_manu.post(
        f"/orders/{order.reference}/submit/",
        {"version": order.version, "estimate": order.estimate_minor},
    )

    assert page.status_code == 422
    assert "Submit 500 links ($5,500.00) for approval" in said(page)


def test_the_approver_sees_all_they_decide_on(as_ada, program, cvs, manu):
    order = make_submitted(program, cvs, manu, **TERMS)

    page = as_ada.get(f"/approvals/{order.reference}/")

    shown = words(page)
    for fact in (
        "Manu asks for 500 links to a $10.00 CVS card each, $5,000.00 in all, from "
        "Spring.",
        "The program gives links passed",
        "Card on sale and within the cap passed",
        "Last day to come passed",
        "The budget holds it passed",
        "The PONumber is unique passed",
        "Program budget before $10,000.00",
        "Program budget after $5,000.00",
        "Rewards Team gives you a $10.00 CVS gift card.",
        "Approve 500 links for $5,000.00",
    ):
        assert shown.count(fact) == 1


def test_the_approver_sees_which_check_no_longer_passes(as_ada, program, cvs, manu):
    order = make_submitted(program, cvs, manu, **TERMS)
    Program.objects.filter(pk=program.pk).update(reward_cap_minor=500)

    page = as_ada.get(f"/approvals/{order.reference}/")

    assert "Card on sale and within the cap did not pass" in words(page)


def test_the_approver_sees_what_changed_since_the_last_decision(
    as_ada, program, cvs, manu, approver
):
    order = make_submitted(program, cvs, manu, **TERMS)
    order = approvals.request_changes(
        order, content_hash=order.content_hash, comment="Fewer", actor=approver
    )
    wish = make_wish(program, cvs, **TERMS | {"quantity": 400, "way": "provider"})
    order = drafting.edit(order, wish, version=order.version, actor=actor_of(manu))
    drafts.submit(order, version=order.version, actor=actor_of(manu))

    shown = words(as_ada.get(f"/approvals/{order.reference}/"))

    assert "Quantity Removed 500 Added 400" in shown
    assert "Links to this portal Added The provider’s own links" in shown
    assert "Approve 400 links for $4,000.00" in shown


def test_an_approval_by_the_page_is_for_what_was_on_it(as_ada, program, cvs, manu):
    order = make_submitted(program, cvs, manu, **TERMS)
    Order.objects.get().rewards.update(value_minor=2500)
    verdict = {"verdict": "approve", "content_hash": order.content_hash}

    page = as_ada.post(f"/approvals/{order.reference}/", verdict | {"comment": ""})

    assert page.status_code == 409
    order.refresh_from_db()
    assert order.status == "submitted"


def test_a_maker_cannot_approve_their_own_batch(program, cvs, manu):
    program.memberships.create(user=manu, role=Role.APPROVER)
    order = make_submitted(program, cvs, manu, **TERMS)

    page = factories.signed_in(manu).get(f"/approvals/{order.reference}/")

    assert "You had a hand in this order" in words(page)
    assert "Approve 500 links" not in words(page)


@pytest.fixture
def in_every_state(program, cvs, manu, ada, sandbox, worker, at_once):
    """A batch of three in each state, by its name."""
    terms = {"value": Decimal(10), "quantity": 3}
    made = {
        "draft": make_draft(program, cvs, manu, **terms),
        "submitted": make_submitted(program, cvs, manu, **terms),
        "completed": _approved(program, cvs, manu, ada, **terms, is_one_line=True),
    }
    worker.run(seconds=10)
    sandbox.settings(next=["insufficient_422"])
    made["needs attention"] = _approved(program, cvs, manu, ada, **terms)
    worker.run(seconds=10)
    sandbox.settings(products={"CVS": None})
    made["completed with failures"] = _approved(program, cvs, manu, ada, **terms)
    worker.run(seconds=10)
    made["approved"] = _approved(program, cvs, manu, ada, **terms)
    draft = make_draft(program, cvs, manu, **terms)
    made["cancelled"] = drafts.cancel(draft, version=1, actor=actor_of(manu))
    for state, order in made.items():
        order.refresh_from_db()
        assert order.status == state
    return made


def test_the_order_page_opens_in_every_state(
    in_every_state, as_manu, as_ada, as_audra, as_adam
):
    for order in in_every_state.values():
        url = f"/orders/{order.reference}/"
        for client in (as_manu, as_ada, as_audra, as_adam):
            page = client.get(url)
            assert "Spring fair · 3 claim links" in words(page)
            assert f'href="/links/{order.reference}/"' in page.content.decode()
            assert "Spring fair" in words(client.get(f"/links/{order.reference}/"))
            for path in ("rewards/", "placements/"):
                words(client.get(url + path))


def test_batches_in_every_state_are_on_every_list(
    in_every_state, as_manu, as_ada, as_audra
):
    for client in (as_manu, as_ada, as_audra):
        for url in ("/", "/orders/", "/orders/?q=spring"):
            assert words(client.get(url)).count("3 links Spring fair") == 7
        assert words(client.get("/links/")).count("$10.00 CVS × 3") == 7
    assert words(as_ada.get("/approvals/")).count("3 links Spring fair") == 1


def test_the_acts_on_a_batch_that_waits_have_their_pages(
    in_every_state, as_manu, as_adam
):
    url = f"/orders/{in_every_state['needs attention'].reference}/"

    assert "Settle by hand" in words(as_adam.get(f"{url}settle/"))
    assert "Give up" in words(as_manu.get(f"{url}give-up/"))
    assert "Cancel" in words(as_manu.get(f"{url}cancel/"))


def test_the_order_page_counts_rewards_by_status(
    as_manu, program, cvs, manu, ada, sandbox, worker, at_once, settings
):
    settings.PLACEMENT_MOST_LINES = 2
    order = _approved(program, cvs, manu, ada, value=Decimal(10), quantity=5)
    sandbox.settings(next=[None, "insufficient_422", None])
    worker.run(seconds=10)

    page = as_manu.get(f"/orders/{order.reference}/")

    shown = words(page)
    assert "Queued 3 Sent 2" in shown
    assert "Try again for $30.00" in shown
    assert f"{order.po_number}-002 : The provider account holds" in shown
    assert "All placements" in shown


def test_links_that_were_refused_are_named_by_their_ids(
    as_manu, program, cvs, manu, ada, sandbox, worker, at_once
):
    sandbox.settings(products={"CVS": None})
    order = _approved(program, cvs, manu, ada, value=Decimal(10), quantity=2)
    worker.run(seconds=10)

    page = as_manu.get(f"/orders/{order.reference}/")

    shown = words(page)
    assert "2 rewards were not sent" in shown
    assert f"{order.reference}-00001" in shown
    assert "Correct" not in shown


def test_a_long_batch_can_be_paused_and_stopped_before_it_is_sent(
    as_manu, program, cvs, manu, ada, at_once, settings
):
    settings.PLACEMENT_MOST_LINES = 2
    order = _approved(program, cvs, manu, ada, value=Decimal(10), quantity=5)
    releasing.release(order.pk, actor=WORKER)
    url = f"/orders/{order.reference}/"
    order.refresh_from_db()
    as_manu.post(f"{url}pause/", {"version": order.version})
    order.refresh_from_db()

    assert "Continue: $50.00 to send" in words(as_manu.get(url))
    asked = words(as_manu.get(f"{url}stop/"))
    as_manu.post(f"{url}stop/", {"version": order.version})

    assert "5 line items have not gone to the provider" in asked
    assert "back to the list" not in asked
    order.refresh_from_db()
    program.refresh_from_db()
    assert (order.status, program.held_minor) == ("cancelled", 0)
    assert set(order.rewards.values_list("status", flat=True)) == {"cancelled"}
    words(as_manu.get(url))


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("back-to-list/", 409),
        ("correct/", 409),
        ("result.csv", 404),
        ("retry/", 409),
        ("test/", 404),
    ],
)
def test_acts_on_lists_do_nothing_to_a_batch(as_manu, program, cvs, manu, act, status):
    order = make_batch(program, cvs, manu).order

    page = as_manu.post(f"/orders/{order.reference}/{act}", {"version": order.version})

    assert page.status_code == status
    assert Order.objects.values("status", "version").get() == {
        "status": "completed",
        "version": order.version,
    }


def test_what_is_asked_again_starts_from_the_order_page(as_manu, program, cvs, manu):
    order = make_batch(program, cvs, manu).order

    page = as_manu.get(f"/orders/{order.reference}/")

    again = f'href="/links/new/?again={order.reference}"'
    assert again in page.content.decode()
    assert "Send another" not in words(page)


def test_the_list_tells_how_much_of_each_batch_is_claimed(
    as_manu, program, cvs, manu, django_assert_max_num_queries
):
    batches = [
        make_batch(program, cvs, manu, label=f"Fair {n}", quantity=3) for n in (1, 2)
    ]
    make_draft(program, cvs, manu, label="Fair 3", quantity=1200)
    taken = batches[0].claims.order_by("pk")[:2]
    Claim.objects.filter(pk__in=[claim.pk for claim in taken]).update(
        claimed_at=batches[0].order.completed_at, holder_digest="x"
    )

    with django_assert_max_num_queries(12):
        page = as_manu.get("/links/")

    rows = [
        (line.order.links.label, str(line.value), line.created, line.claimed)
        for line in page.context["rows"]
    ]
    assert rows == [
        ("Fair 3", "$10.00", 0, 0),
        ("Fair 2", "$10.00", 3, 0),
        ("Fair 1", "$10.00", 3, 2),
    ]
    assert "$10.00 CVS × 1,200" in words(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=winter", ["Winter fair"]),
        ("q=fair", ["Spring fair", "Winter fair"]),
        ("q=MINE-7", ["Winter fair"]),
        ("q=fair+winter", ["Winter fair"]),
        ("q=nothing", []),
        ("program=0", ["Spring fair", "Winter fair"]),
        ("q=%00", ["Spring fair", "Winter fair"]),
    ],
)
def test_batches_are_found_by_label_and_number(
    as_manu, program, cvs, manu, query, found
):
    make_draft(program, cvs, manu, label="Winter fair", po_number="MINE-7")
    make_draft(program, cvs, manu)
    factories.make_draft(program, cvs, manu)

    page = as_manu.get(f"/links/?{query}")

    assert [line.order.links.label for line in page.context["rows"]] == found
    assert ("No batch matches" in words(page)) == (not found)


def test_batches_are_filtered_by_program(as_manu, program, cvs, manu):
    other = factories.make_program("Autumn", delivery_types=["Links"])
    other.memberships.create(user=manu, role=Role.MANAGER)
    for each in (program, other):
        make_draft(each, cvs, manu, label=f"{each.name} fair")

    page = as_manu.get(f"/links/?program={other.pk}")

    assert [line.order.links.label for line in page.context["rows"]] == ["Autumn fair"]


def test_an_order_is_found_by_the_label_of_its_batch(as_manu, program, cvs, manu):
    make_draft(program, cvs, manu, label="Winter fair")
    factories.make_draft(program, cvs, manu, po_number="OTHER-1")

    page = as_manu.get("/orders/?q=winter")

    assert "5 links Winter fair" in words(page)
    assert "OTHER-1" not in words(page)


def test_a_list_without_batches_says_what_they_are(as_manu, as_audra):
    assert "Create claim links" in words(as_manu.get("/links/"))
    assert "No claim links yet" in (shown := words(as_audra.get("/links/")))
    assert "Create claim links" not in shown


def test_the_way_to_links_is_on_the_send_page_and_in_the_menu(as_manu, as_audra):
    send = as_manu.get("/send/").content.decode()

    assert 'href="/links/new/"' in send
    for client in (as_manu, as_audra):
        assert 'href="/links/"' in client.get("/").content.decode()


def _approved(program, cvs, manu, ada, **terms):
    order = make_submitted(program, cvs, manu, **terms)
    return approvals.approve(
        order, content_hash=order.content_hash, actor=actor_of(ada)
    )
