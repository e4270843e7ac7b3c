"""Four eyes: nobody approves what they had a hand in, nor what they did not see."""

import re
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from orders import approvals, drafts, expiry, lifecycle, releasing
from orders.models import Approval, Contributor, Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.permissions import Role
from programs.models import Membership, Program
from tests import factories
from tests.orders import ledger
from tests.orders.test_drafts import in_parallel


@pytest.fixture
def order(program, cvs, manu, ada):
    """Made by Manu, waiting for Ada, its mails sent."""
    order = factories.make_submitted(program, cvs, manu)
    dispatch.drain()
    mail.outbox.clear()
    return order


def approve(order, user, content_hash=None):
    return approvals.approve(
        order, content_hash=content_hash or order.content_hash, actor=actor_of(user)
    )


def test_an_approver_approves_what_is_on_screen(program, order, ada):
    approved = approve(order, ada)

    decision = order.approvals.get()
    assert approved.status == "approved"
    assert (decision.user, decision.decision) == (ada, "approved")
    assert decision.content_hash == order.content_hash
    ledger.check(program)
    assert Entry.objects.filter(action="order.approved").count() == 1


def test_the_requester_is_told(order, ada):
    approve(order, ada)
    dispatch.drain()

    (told,) = mail.outbox
    assert told.to == ["manu@example.com"]
    assert order.po_number in told.subject
    assert "Ada" in told.body


def test_a_subject_is_one_line_whatever_the_number(order, ada):
    approve(order, ada)
    Order.objects.filter(pk=order.pk).update(po_number="A\r\nBcc: x@example.com")
    dispatch.drain()

    (told,) = mail.outbox
    assert told.subject == "A Bcc: x@example.com was approved"


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (approvals.request_changes, "changes requested"),
        (approvals.reject, "rejected"),
    ],
)
def test_a_no_frees_the_money_and_the_requester_learns_why(
    program, order, approver, verb, status
):
    decided = verb(
        order,
        content_hash=order.content_hash,
        actor=approver,
        comment="Too much for Pat's <survey> & co.",
    )
    dispatch.drain()

    program.refresh_from_db()
    assert (decided.status, program.held_minor) == (status, 0)
    ledger.check(program)
    (told,) = mail.outbox
    assert told.to == ["manu@example.com"]
    assert "Too much for Pat's <survey> & co." in told.body
    assert f"/orders/{order.reference}/" in told.body
    journalled = str(list(Entry.objects.values_list("data", flat=True)))
    assert "Too much" not in journalled


@pytest.mark.parametrize("verb", [approvals.request_changes, approvals.reject])
@pytest.mark.parametrize("comment", ["", " \n\t "])
def test_a_no_needs_a_reason(order, approver, verb, comment):
    with pytest.raises(approvals.CommentMissing):
        verb(order, content_hash=order.content_hash, actor=approver, comment=comment)

    order.refresh_from_db()
    assert order.status == "submitted"
    assert not order.approvals.exists()


@pytest.mark.parametrize("verb", ["approve", "request_changes", "reject"])
def test_nobody_decides_on_what_they_made(program, order, manu, verb):
    Membership.objects.create(program=program, user=manu, role=Role.APPROVER)

    with pytest.raises(approvals.SelfApproval):
        getattr(approvals, verb)(
            order,
            content_hash=order.content_hash,
            actor=actor_of(manu),
            comment="Fine",
        )

    order.refresh_from_db()
    assert order.status == "submitted"


def test_whoever_once_edited_never_approves_even_after_others_edits(program, cvs, manu):
    bea = factories.make_member("Bea", program, Role.MANAGER, Role.APPROVER)
    order = factories.make_draft(program, cvs, manu)
    for version, user in enumerate([bea, manu, manu], start=1):
        gift = factories.make_gift(program, cvs, value=Decimal(25))
        drafts.edit(order, gift, version=version, actor=actor_of(user))
    order = drafts.submit(order, version=4, actor=actor_of(manu))

    with pytest.raises(approvals.SelfApproval):
        approve(order, bea)


def test_whoever_only_submitted_never_approves(program, cvs, manu):
    bea = factories.make_member("Bea", program, Role.MANAGER, Role.APPROVER)
    order = factories.make_draft(program, cvs, manu)
    order = drafts.submit(order, version=1, actor=actor_of(bea))

    with pytest.raises(approvals.SelfApproval):
        approve(order, bea)


def test_one_person_with_both_roles_approves_what_others_made(program, order):
    bea = factories.make_member("Bea", program, Role.MANAGER, Role.APPROVER)

    assert approve(order, bea).status == "approved"


# The same in the database

_INSERT = """
INSERT INTO orders_approval (order_id, user_id, decision, content_hash, version,
  comment, at) VALUES (%s, %s, 'approved', '', 1, '', CURRENT_TIMESTAMP)
"""


def test_not_even_raw_sql_stores_a_contributors_approval(order, manu):
    with (
        pytest.raises(DatabaseError, match="a contributor cannot approve"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(_INSERT, [order.pk, manu.pk])

    assert not Approval.objects.exists()


def test_raw_sql_may_store_anybody_elses(order, ada):
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [order.pk, ada.pk])

    assert Approval.objects.get().user == ada


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orders_approval SET user_id = (SELECT user_id FROM orders_contributor)",
        "UPDATE orders_approval SET decision = 'rejected'",
        "DELETE FROM orders_approval",
        "UPDATE orders_contributor SET user_id = (SELECT user_id FROM orders_approval)",
        "DELETE FROM orders_contributor",
    ],
)
def test_decisions_and_contributors_stay_as_they_were_written(order, ada, statement):
    approve(order, ada)
    before = [*Approval.objects.values(), *Contributor.objects.values()]

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert [*Approval.objects.values(), *Contributor.objects.values()] == before


# Bound to what was on screen


def test_an_edit_voids_the_approval_and_the_screen_of_the_approver(
    program, cvs, order, manu, ada
):
    seen = order.content_hash
    approve(order, ada)
    draft = approvals.undo(order, actor=actor_of(manu))
    gift = factories.make_gift(program, cvs, value=Decimal(100))
    edited = drafts.edit(draft, gift, version=draft.version, actor=actor_of(manu))
    again = drafts.submit(edited, version=edited.version, actor=actor_of(manu))

    assert again.status == "submitted"
    with pytest.raises(lifecycle.StaleOrder):
        approve(again, ada, content_hash=seen)
    assert approve(again, ada).status == "approved"
    ledger.check(program)


@pytest.mark.parametrize("change", ["value", "email", "message", "number", "price"])
def test_content_changed_behind_our_back_is_not_approved(order, ada, change):
    reward = order.rewards.get()
    if change == "value":
        order.rewards.update(value_minor=10000)
    elif change == "email":
        order.rewards.update(email="thief@example.com")
    elif change == "message":
        order.rewards.update(message="Other")
    elif change == "number":
        Order.objects.filter(pk=order.pk).update(po_number="OTHER")
    else:
        Order.objects.filter(pk=order.pk).update(estimate_minor=1)

    with pytest.raises(lifecycle.StaleOrder):
        approve(order, ada)

    assert reward.order.approvals.count() == 0


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_a_made_up_hash_is_not_approved(order, ada, shown):
    with pytest.raises(lifecycle.StaleOrder):
        approvals.approve(order, content_hash=shown, actor=actor_of(ada))


@pytest.mark.parametrize("verb", ["approve", "request_changes", "reject"])
def test_what_was_decided_cannot_be_decided_again(order, approver, verb):
    decide = {"content_hash": order.content_hash, "actor": approver, "comment": "No"}
    approvals.reject(order, **decide)

    with pytest.raises(lifecycle.StaleOrder):
        getattr(approvals, verb)(order, **decide)

    assert order.approvals.count() == 1


def test_a_draft_has_nothing_to_decide(program, cvs, manu, ada):
    draft = factories.make_draft(program, cvs, manu)

    for content_hash in ("", draft.content_hash):
        with pytest.raises(lifecycle.StaleOrder):
            approvals.approve(draft, content_hash=content_hash, actor=actor_of(ada))


def test_after_changes_the_approver_sees_what_differs(
    program, cvs, order, manu, as_ada, approver
):
    approvals.request_changes(
        order, content_hash=order.content_hash, actor=approver, comment="Less, please"
    )
    order.refresh_from_db()
    gift = factories.make_gift(program, cvs, value=Decimal(10))
    edited = drafts.edit(order, gift, version=order.version, actor=actor_of(manu))
    drafts.submit(edited, version=edited.version, actor=actor_of(manu))

    page = as_ada.get(f"/approvals/{order.reference}/").content.decode()

    assert "$15.00" in page
    assert "Approve $10.00" in page


# What the person sees


def post(client, order, verdict, **fields):
    page = client.get(f"/approvals/{order.reference}/").content.decode()
    shown = re.search(r'name="content_hash" value="(\w+)"', page)
    data = {"verdict": verdict, "content_hash": shown and shown[1], "comment": ""}
    return client.post(f"/approvals/{order.reference}/", {**data, **fields})


def test_the_second_of_two_presses_finds_what_the_first_one_did(order, as_ada):
    shown = order.content_hash

    first, second = (
        post(as_ada, order, "approve", content_hash=shown) for _press in range(2)
    )

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.url == first.url
    assert order.approvals.count() == 1


def test_another_verdict_after_the_first_is_stale(order, as_ada):
    shown = order.content_hash
    post(as_ada, order, "approve", content_hash=shown)

    second = post(as_ada, order, "reject", content_hash=shown, comment="No")

    assert second.status_code == 409
    assert order.approvals.count() == 1


def test_a_stale_screen_gets_409_with_what_changed(
    program, cvs, order, manu, as_ada, approver
):
    seen = order.content_hash
    approvals.request_changes(
        order, content_hash=seen, actor=approver, comment="Less, please"
    )
    order.refresh_from_db()
    gift = factories.make_gift(program, cvs, value=Decimal(100))
    edited = drafts.edit(order, gift, version=order.version, actor=actor_of(manu))
    drafts.submit(edited, version=edited.version, actor=actor_of(manu))

    response = post(as_ada, order, "approve", content_hash=seen)

    assert response.status_code == 409
    page = response.content.decode()
    assert "$15.00" in page
    assert "$100.00" in page
    order.refresh_from_db()
    assert order.status == "submitted"


@pytest.mark.parametrize("verdict", ["request_changes", "reject"])
def test_a_no_without_a_reason_comes_back_to_the_page(order, as_ada, verdict):
    response = post(as_ada, order, verdict)

    assert response.status_code == 422
    order.refresh_from_db()
    assert order.status == "submitted"


def test_a_contributor_is_told_why_somebody_else_decides(program, order, manu):
    Membership.objects.create(program=program, user=manu, role=Role.APPROVER)
    client = factories.signed_in(manu)

    response = client.post(
        f"/approvals/{order.reference}/",
        {"verdict": "approve", "content_hash": order.content_hash, "comment": ""},
    )

    assert response.status_code == 422
    assert "You had a hand in this order" in response.content.decode()
    order.refresh_from_db()
    assert order.status == "submitted"


# Undo


def test_the_maker_gets_it_back_as_a_draft_and_the_money_is_free(
    program, order, manu, ada, worker, sandbox
):
    approve(order, ada)
    worker.run(seconds=59)

    undone = approvals.undo(order, actor=actor_of(manu))
    worker.run(seconds=3600)

    program.refresh_from_db()
    assert (undone.status, program.held_minor) == ("draft", 0)
    assert sandbox.orders() == []
    ledger.check(program)


def test_the_approver_gets_it_back_for_a_decision_and_the_money_stays(
    program, order, ada, worker, sandbox
):
    approve(order, ada)

    undone = approvals.undo(order, actor=actor_of(ada))
    worker.run(seconds=3600)

    program.refresh_from_db()
    assert (undone.status, str(program.held)) == ("submitted", "$15.00")
    assert sandbox.orders() == []
    assert list(order.approvals.values_list("decision", flat=True).order_by("pk")) == [
        "approved",
        "undone",
    ]
    undone.refresh_from_db()
    assert approve(undone, ada).status == "approved"
    ledger.check(program)


def test_after_the_hold_it_is_too_late(program, order, manu, ada, clock, sandbox):
    approve(order, ada)
    clock.shift(timedelta(seconds=61))

    for user in (manu, ada):
        with pytest.raises(approvals.TooLateToUndo):
            approvals.undo(order, actor=actor_of(user))

    dispatch.drain()
    with pytest.raises(approvals.TooLateToUndo):
        approvals.undo(order, actor=actor_of(manu))
    assert len(sandbox.orders()) == 1


def test_only_what_was_approved_can_be_undone(order, manu):
    with pytest.raises(approvals.TooLateToUndo):
        approvals.undo(order, actor=actor_of(manu))


def test_undone_and_approved_again_it_waits_the_whole_hold_again(
    program, order, ada, worker, sandbox
):
    approve(order, ada)
    worker.run(seconds=50)
    approvals.undo(order, actor=actor_of(ada))
    order.refresh_from_db()
    approve(order, ada)

    worker.run(seconds=50)
    assert sandbox.orders() == []
    worker.run(seconds=11)
    assert len(sandbox.orders()) == 1
    ledger.check_with_provider(program, sandbox)


# Waiting too long


def test_what_nobody_decides_on_expires_and_frees_its_money(
    program, order, settings, clock
):
    clock.shift(timedelta(days=settings.APPROVAL_DAYS, seconds=1))

    for order_id in expiry.overdue():
        expiry.expire(order_id, actor=WORKER)
    dispatch.drain()

    order.refresh_from_db()
    program.refresh_from_db()
    assert (order.status, program.held_minor) == ("expired", 0)
    assert [sent.to for sent in mail.outbox] == [["manu@example.com"]]
    ledger.check(program)


def test_what_was_submitted_again_meanwhile_does_not_expire(
    program, cvs, order, manu, approver, settings, clock
):
    approvals.request_changes(
        order, content_hash=order.content_hash, actor=approver, comment="Less"
    )
    clock.shift(timedelta(days=settings.APPROVAL_DAYS, seconds=1))
    (overdue,) = expiry.overdue()
    order.refresh_from_db()
    drafts.submit(order, version=order.version, actor=actor_of(manu))

    expiry.expire(overdue, actor=WORKER)

    order.refresh_from_db()
    assert order.status == "submitted"


# Races


@pytest.mark.django_db(transaction=True)
def test_of_many_approvals_at_once_one_counts(program, order):
    users = [
        factories.make_member(f"Approver{number}", program, Role.APPROVER)
        for number in range(8)
    ]

    made = in_parallel(*[lambda user=user: approve(order, user) for user in users])

    assert made.count(order) == 1
    assert {type(each) for each in made} == {Order, lifecycle.StaleOrder}
    assert order.approvals.count() == 1
    ledger.check(program)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["cancel", "reject", "expire"])
def test_approving_and_its_opposite_at_once_never_both_happen(
    program, cvs, manu, ada, rival
):
    bob = factories.make_member("Bob", program, Role.APPROVER)
    for _ in range(5):
        order = factories.make_submitted(program, cvs, manu)
        rivals = {
            "cancel": lambda order=order: drafts.cancel(
                order, version=order.version, actor=actor_of(manu)
            ),
            "reject": lambda order=order: approvals.reject(
                order,
                content_hash=order.content_hash,
                actor=actor_of(bob),
                comment="No",
            ),
            "expire": lambda order=order: expiry.expire(order.pk, actor=WORKER),
        }
        if rival == "expire":
            long_ago = timezone.now() - timedelta(days=400)
            Order.objects.filter(pk=order.pk).update(submitted_at=long_ago)

        in_parallel(lambda order=order: approve(order, ada), rivals[rival])

        order.refresh_from_db()
        approved = order.approvals.filter(decision="approved").exists()
        assert approved == (order.status == "approved")
        assert (
            program.budget_entries.filter(kind="release", order_id=order.pk).exists()
        ) != approved
        ledger.check(program)


@pytest.mark.django_db(transaction=True)
def test_undoing_and_releasing_at_once_never_both_happen(program, cvs, manu, ada):
    for _ in range(5):
        order = factories.make_approved(program, cvs, manu, ada)
        end = timezone.now() + timedelta(milliseconds=100)
        Order.objects.filter(pk=order.pk).update(release_at=end)

        in_parallel(
            lambda order=order, end=end: _undo_at(order, end, manu),
            *[lambda order=order: _release_in_time(order)] * 2,
        )

        order.refresh_from_db()
        assert order.status in ("draft", "placing")
        assert order.placements.count() == (order.status == "placing")
        ledger.check(program)


def _undo_at(order, end, user):
    """In the last moment."""
    time.sleep(max(0, (end - timezone.now()).total_seconds() - 0.002))
    approvals.undo(order, actor=actor_of(user))


def _release_in_time(order):
    while (later := releasing.release(order.pk, actor=WORKER)) is not None:
        time.sleep(later.seconds / 2)


def test_a_paused_program_still_lets_its_approver_decide(program, order, ada):
    Program.objects.update(status="paused")

    assert approve(order, ada).status == "approved"
