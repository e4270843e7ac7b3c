"""A reversed event buys nothing inside its window; outside, the card is final."""

from datetime import timedelta

import pytest

from orders.award_states import AwardStatus, EventStatus
from orders.models import Order
from orders.triggers import deciding
from orders.triggers.problems import Code
from portal.actors import WORKER
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def verified(rule):
    """The rule, with three days for a reversal."""
    rule.in_force.verification_days = 3
    rule.in_force.save()
    return rule


def reverse(key, of="evt-1", **fields):
    return made.report(
        key,
        f"{of}-back",
        type="referral.reversed",
        reverses=of,
        person=None,
        attributes={},
        **fields,
    )


def test_inside_its_window_it_buys_nothing(verified, key, worker, sandbox):
    event = made.report(key)
    assert event.awards.get().status == AwardStatus.WAITING
    worker.run(seconds=2 * 86400)

    reversal = reverse(key)
    worker.run(seconds=5 * 86400)

    award = event.awards.get()
    assert (award.status, award.problem) == (AwardStatus.CANCELLED, Code.REVERSED)
    assert (reversal.status, reversal.problem) == (EventStatus.REVERSAL, "")
    assert not Order.objects.exists()
    assert not sandbox.orders()


def test_outside_it_the_card_is_final(verified, key, worker, sandbox):
    event = made.report(key)
    worker.run(seconds=4 * 86400)

    reversal = reverse(key)
    worker.run(seconds=86400)

    award = event.awards.get()
    assert (award.status, award.problem) == (AwardStatus.ORDERED, Code.CARD_FINAL)
    assert reversal.problem == Code.CARD_FINAL
    assert len(sandbox.orders()) == 1


def test_unreversed_it_is_sent_after_the_window(verified, key, worker, sandbox):
    made.report(key)

    worker.run(seconds=3 * 86400 - 7200)
    assert not Order.objects.exists()
    worker.run(seconds=3 * 3600)

    assert len(sandbox.orders()) == 1


def test_a_reversal_that_comes_first_still_counts(rule, key, sandbox):
    reversal = reverse(key)
    assert reversal.problem == Code.NOTHING_TO_REVERSE

    event = made.report(key)

    assert event.awards.get().status == AwardStatus.CANCELLED
    assert not Order.objects.exists()


def test_what_is_collected_can_still_be_reversed(rule, key, worker, clock):
    rule.in_force.timing = "hour"
    rule.in_force.save()
    clock.move_to(made.at("2026-05-04T10:20"))
    event = made.report(key)

    reverse(key)
    worker.run(seconds=3600)

    assert event.awards.get().status == AwardStatus.CANCELLED
    assert not Order.objects.exists()


def test_both_sides_are_reversed(referral, key, worker):
    referral.in_force.verification_days = 1
    referral.in_force.save()
    event = made.report(key, advocate=made.ADVOCATE)

    reverse(key)

    assert {award.status for award in event.awards.all()} == {AwardStatus.CANCELLED}


def test_two_that_reverse_each_other_end(rule, key):
    first = made.report(key, "a", type="referral.reversed", reverses="b", person=None)
    second = made.report(key, "b", type="referral.reversed", reverses="a", person=None)

    assert {first.status, second.status} == {EventStatus.REVERSAL}


def test_a_reversed_event_replayed_stays_reversed(verified, key):
    event = made.report(key)
    reverse(key)

    deciding.replay(event.pk, actor=WORKER)

    assert event.awards.get().status == AwardStatus.CANCELLED


def test_a_late_report_has_less_of_its_window(verified, key, clock):
    clock.move_to(made.at("2026-05-04T10:00"))
    occurred = made.at("2026-05-02T10:00")

    award = made.report(key, occurred_at=occurred).awards.get()

    assert award.due_at == occurred + timedelta(days=3)
