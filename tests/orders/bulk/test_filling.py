"""From ready rows to a draft order, and back to the list."""

import pytest
from django.db import transaction

from orders import approvals, drafts, lifecycle
from orders.bulk import filling
from orders.models import Order
from portal.accounts.models import actor_of
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.outbox import dispatch
from programs.models import Recipient, SheetRow
from tests.orders.bulk import lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sheet(program, cvs, manu):
    return lists.make_sheet(program, cvs, manu, rows=5)


@transaction.atomic
def journal_act(sheet, actor):
    """This person corrected something in the list."""
    journal.record(Action.SHEET_ROW_FIXED, sheet, actor=actor)


def test_every_ready_row_becomes_one_reward(sheet, manu):
    order = lists.make_order(sheet, manu)

    assert order.rewards.count() == order.rewards_count == order.rewards_planned == 5
    assert order.estimate_minor == order.face_minor == 5000
    assert order.po_number.startswith("BULK-")
    numbers = order.rewards.values_list("row__number", flat=True)
    assert set(numbers) == {2, 3, 4, 5, 6}
    assert set(sheet.rows.values_list("status", flat=True)) == {"taken"}
    assert sheet.status == "checked"
    assert Recipient.objects.filter(programs=sheet.program).count() == 5


def test_the_worker_fills_what_was_begun(sheet, manager):
    (order,) = filling.begin(sheet, version=1, actor=manager)
    assert order.is_filling

    dispatch.drain()

    done = Order.objects.get()
    assert (done.is_filling, done.rewards.count()) == (False, 5)


def test_filling_again_changes_nothing(sheet, manu):
    order = lists.make_order(sheet, manu)

    assert filling.fill_some(order.pk, actor=actor_of(manu))

    assert order.rewards.count() == 5
    assert Entry.objects.filter(action="order.filled").count() == 1


def test_rows_with_problems_stay_in_the_list(program, cvs, manu):
    rows = [{}, {"status": SheetRow.Status.PROBLEM}, {}]
    sheet = lists.make_sheet(program, cvs, manu, rows=rows)

    order = lists.make_order(sheet, manu)

    assert order.rewards.count() == 2
    assert sheet.rows.get(number=3).status == "problem"


def test_what_is_ready_later_joins_the_draft_or_makes_another_order(sheet, manu):
    last = sheet.rows.get(number=6)
    SheetRow.objects.filter(pk=last.pk).update(status=SheetRow.Status.PROBLEM)
    first = lists.make_order(sheet, manu)
    SheetRow.objects.filter(pk=last.pk).update(status=SheetRow.Status.READY)

    joined = lists.make_order(sheet, manu)

    assert joined == first
    assert joined.rewards.count() == 5


def test_a_submitted_order_is_left_alone_by_the_next_one(sheet, manu):
    last = sheet.rows.get(number=6)
    SheetRow.objects.filter(pk=last.pk).update(status=SheetRow.Status.PROBLEM)
    first = lists.make_order(sheet, manu)
    drafts.submit(first, version=first.version, actor=actor_of(manu))
    SheetRow.objects.filter(pk=last.pk).update(status=SheetRow.Status.READY)

    second = lists.make_order(sheet, manu)

    assert second != first
    assert (first.rewards.count(), second.rewards.count()) == (4, 1)


def test_nothing_ready_makes_no_order(program, cvs, manu, manager):
    sheet = lists.make_sheet(program, cvs, manu, rows=[{"status": "problem"}])

    with pytest.raises(filling.NotReady):
        filling.begin(sheet, version=1, actor=manager)


def test_a_list_that_changed_is_looked_at_again(sheet, manager):
    with pytest.raises(filling.NotReady):
        filling.begin(sheet, version=7, actor=manager)


def test_a_double_click_gives_the_same_order(sheet, manager):
    first = filling.begin(sheet, version=1, actor=manager)

    assert filling.begin(sheet, version=1, actor=manager) == first


def test_back_to_the_list_frees_every_row(sheet, manu, manager):
    order = lists.make_order(sheet, manu)

    filling.reopen(order, version=order.version, actor=manager)

    order.refresh_from_db()
    assert order.rewards.count() == order.rewards_count == order.estimate_minor == 0
    assert set(sheet.rows.values_list("status", flat=True)) == {"ready"}
    again = lists.make_order(sheet, manu)
    assert again == order
    assert again.rewards.count() == 5


def test_a_submitted_order_does_not_go_back(sheet, manu, manager):
    order = lists.make_order(sheet, manu)
    drafts.submit(order, version=order.version, actor=manager)

    with pytest.raises(lifecycle.StaleOrder):
        filling.reopen(order, version=order.version + 1, actor=manager)


def test_cancelling_while_it_is_filled_frees_the_list(sheet, manager):
    (order,) = filling.begin(sheet, version=1, actor=manager)

    drafts.cancel(order, version=order.version, actor=manager)

    sheet.refresh_from_db()
    assert sheet.status == "checked"
    assert filling.fill_some(order.pk, actor=manager)
    assert order.rewards.count() == 0


def test_whoever_had_a_hand_in_the_list_cannot_approve_its_order(
    sheet, manu, ada, manager
):
    journal_act(sheet, actor_of(ada))
    order = lists.make_order(sheet, manu)
    drafts.submit(order, version=order.version, actor=manager)
    order.refresh_from_db()

    with pytest.raises(approvals.SelfApproval):
        approvals.approve(order, content_hash=order.content_hash, actor=actor_of(ada))


def test_what_became_impossible_is_a_problem_row(program, cvs, manu, sheet, manager):
    sheet.rows.filter(number=4).update(value_minor=1234)

    order = lists.make_order(sheet, manu)

    assert order.rewards.count() == order.rewards_planned == 4
    row = sheet.rows.get(number=4)
    assert row.status == "problem"
    assert row.problems.exists()


def test_the_message_of_each_row_has_its_fields_put_in(program, cvs, manu):
    answers = {"message": "Hi {first name}, {value} for {product} {nonsense}"}
    sheet = lists.make_sheet(program, cvs, manu, rows=1, answers=answers)

    order = lists.make_order(sheet, manu)

    assert order.rewards.get().message == "Hi Person, $10.00 for CVS {nonsense}"
    assert order.rewards.get().to_name == "Person 2"
