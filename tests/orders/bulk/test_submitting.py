"""Submitting, approving and releasing a list's order: one act for all its rewards."""

import pytest

from orders import approvals, content, drafts, lifecycle, releasing
from orders.models import Placement, Submission
from portal.actors import WORKER
from programs import consent
from programs.models import ConsentEntry
from tests import factories
from tests.orders import ledger
from tests.orders.bulk import lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(program, cvs, manu):
    return lists.make_order(lists.make_sheet(program, cvs, manu, rows=7), manu)


@pytest.fixture
def submitted(order, manager):
    return drafts.submit(order, version=order.version, actor=manager)


@pytest.fixture
def approved(submitted, approver, at_once):
    return approvals.approve(
        submitted, content_hash=submitted.content_hash, actor=approver
    )


def test_the_whole_estimate_is_held_once(submitted, program):
    program.refresh_from_db()
    assert program.held_minor == submitted.estimate_minor == 7000
    ledger.check(program)


def test_the_facts_stay_few_and_the_digest_covers_every_reward(submitted):
    facts = Submission.objects.get(order=submitted).facts

    assert facts["rewards"] == "7"
    assert facts["product.CVS"] == "7 cards, $70.00"
    assert len(facts) == 8


@pytest.mark.parametrize(
    "change",
    [
        {"email": "thief@example.com"},
        {"value_minor": 2500},
        {"quantity": 2},
        {"message": "Other"},
        {"to_name": "Other"},
        {"external_id": "other"},
    ],
)
def test_a_change_of_any_single_reward_voids_the_approval(submitted, approver, change):
    middle = submitted.rewards.order_by("pk")[3]
    submitted.rewards.filter(pk=middle.pk).update(**change)

    with pytest.raises(lifecycle.StaleOrder):
        approvals.approve(
            submitted, content_hash=submitted.content_hash, actor=approver
        )


def test_what_changed_between_two_submissions_can_be_read(submitted):
    before = Submission.objects.get(order=submitted).facts
    submitted.rewards.filter(row__number=2).update(value_minor=2500)

    changes = content.changes(before, content.of(submitted))

    assert {change.label for change in changes} == {"CVS", "Digest of every reward"}


def test_one_withdrawal_keeps_the_order_back_and_says_which_row(order, manager):
    person = order.rewards.get(row__number=4).recipient
    consent.withdraw_all(person, source=ConsentEntry.Source.PREFERENCES, actor=manager)

    with pytest.raises(drafts.NotSubmittable) as refusal:
        drafts.submit(order, version=order.version, actor=manager)

    assert [problem.field for problem in refusal.value.problems] == ["email"]
    assert "row 4" in refusal.value.problems[0].message


def test_the_cap_for_one_person_counts_over_the_order(program, cvs, manu, manager):
    rows = [{"email": "same@example.com"}] * 3
    order = lists.make_order(lists.make_sheet(program, cvs, manu, rows=rows), manu)
    assert order.rewards.count() == 3
    program.recipient_cap_minor = 2000
    program.save()

    with pytest.raises(drafts.NotSubmittable) as refusal:
        drafts.submit(order, version=order.version, actor=manager)

    assert "row 4" in refusal.value.problems[0].message


def test_a_list_may_not_exceed_the_cap_while_it_is_filled(program, cvs, manu):
    program.recipient_cap_minor = 2000
    program.save()
    rows = [{"email": "same@example.com"}] * 3

    order = lists.make_order(lists.make_sheet(program, cvs, manu, rows=rows), manu)

    assert order.rewards.count() == 2


def test_more_than_the_budget_is_refused(program, cvs, manu, manager):
    rows = [{"value_minor": 10000}] * 11
    order = lists.make_order(lists.make_sheet(program, cvs, manu, rows=rows), manu)

    with pytest.raises(drafts.NotSubmittable):
        drafts.submit(order, version=order.version, actor=manager)


def test_a_rejected_order_gives_its_rows_back(submitted, approver):
    approvals.reject(
        submitted, content_hash=submitted.content_hash, actor=approver, comment="No."
    )

    rows = submitted.sheet.rows.values_list("status", flat=True)
    assert set(rows) == {"ready"}


def test_the_plan_puts_each_reward_into_exactly_one_placement(
    approved, program, settings
):
    settings.PLACEMENT_MOST_LINES = 3

    releasing.release(approved.pk, actor=WORKER)

    placements = list(Placement.objects.order_by("pk"))
    number = approved.po_number
    assert [p.po_number for p in placements] == [f"{number}-00{n}" for n in (1, 2, 3)]
    assert [p.rewards.count() for p in placements] == [3, 3, 1]
    assert [p.held_minor for p in placements] == [3000, 3000, 1000]
    assert not approved.rewards.filter(placement=None).exists()
    ledger.check(program)


def test_a_single_placement_keeps_the_number_of_its_order(approved):
    releasing.release(approved.pk, actor=WORKER)

    assert Placement.objects.get().po_number == approved.po_number


def test_a_number_somebody_took_is_left_out(approved, program, cvs, manu, settings):
    settings.PLACEMENT_MOST_LINES = 4
    factories.make_draft(
        program, cvs, manu, po_number=f"{approved.po_number}-001".lower()
    )

    releasing.release(approved.pk, actor=WORKER)

    assert [p.po_number[-4:] for p in Placement.objects.order_by("pk")] == [
        "-002",
        "-003",
    ]


def test_where_a_price_fell_the_holds_still_add_up(approved, cvs, settings, program):
    settings.PLACEMENT_MOST_LINES = 3
    cvs.discount_percent = 10
    cvs.save()

    releasing.release(approved.pk, actor=WORKER)

    held = Placement.objects.values_list("held_minor", flat=True)
    assert sum(held) == approved.estimate_minor
    ledger.check(program)


def test_where_a_price_rose_the_order_goes_back(approved, cvs):
    cvs.fee_minor = 50
    cvs.save()

    releasing.release(approved.pk, actor=WORKER)

    approved.refresh_from_db()
    assert approved.status == "changes requested"
    assert not Placement.objects.exists()
