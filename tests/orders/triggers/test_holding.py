"""Held awards: somebody who had no hand in the rule releases or blocks them."""

from dataclasses import replace

import pytest

from orders.award_states import AwardStatus
from orders.models import Award, Order, Side
from orders.triggers import deciding, holding, routing
from orders.triggers.problems import Code
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(referral, key):
    """The advocate's award of somebody who referred themselves, it seems."""
    advocate = replace(made.ADVOCATE, email="f.red+1@example.com")
    return made.report(key, advocate=advocate).awards.get(side=Side.ADVOCATE)


def decide(verb, award, user, **change):
    given = {"version": award.version, "reason": "Two brothers.", **change}
    return verb(award.pk, actor=actor_of(user), **given)


def test_released_it_goes_on(held, ada):
    decide(holding.release, held, ada)
    dispatch.drain()

    held.refresh_from_db()
    assert (held.status, held.problem) == (AwardStatus.ORDERED, "")
    assert held.reward.email == "f.red+1@example.com"
    entry = Entry.objects.get(action="award.released")
    assert entry.actor_id == str(ada.pk)


def test_blocked_it_is_over(held, ada):
    decide(holding.block, held, ada)
    dispatch.drain()

    held.refresh_from_db()
    assert (held.status, held.problem) == (AwardStatus.BLOCKED, Code.SAME_PERSON)
    assert held.reason == "Two brothers."
    assert not Order.objects.exists()


def test_a_replay_does_not_release_it(held, key):
    deciding.replay(held.event_id, actor=WORKER)

    held.refresh_from_db()
    assert held.status == AwardStatus.HELD


def test_nobody_decides_on_what_their_own_rule_holds(held, manu):
    with pytest.raises(holding.OwnRule):
        decide(holding.release, held, manu)


def test_nobody_decides_without_a_reason(held, ada):
    with pytest.raises(holding.ReasonMissing):
        decide(holding.block, held, ada, reason="  ")


def test_two_decisions_are_one(held, ada):
    decide(holding.block, held, ada)

    with pytest.raises(routing.AwardMoved):
        decide(holding.release, held, ada)
    assert Award.objects.get(pk=held.pk).status == AwardStatus.BLOCKED


def test_caps_hold_for_what_is_released(held, ada, referral):
    referral.in_force.most_in_all = 0
    referral.in_force.save()

    decide(holding.release, held, ada)

    held.refresh_from_db()
    assert (held.status, held.problem) == (AwardStatus.REFUSED, Code.OVER_CAP)
