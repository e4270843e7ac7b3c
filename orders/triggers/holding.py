"""What waits: awards that a person decides on, and those that are being verified."""

from django.db import transaction
from django.utils import timezone

from orders.award_states import AwardStatus
from orders.models import Award
from orders.triggers import calls, routing, standing
from portal.actors import WORKER, Actor
from portal.audit import journal
from portal.audit.actions import Action


class OwnRule(Exception):
    """Whoever wrote the rule does not decide on what it holds."""


class ReasonMissing(Exception):
    """A decision on an award needs a reason, for whoever asks later."""


@transaction.atomic(durable=True)
def release(award_id: int, *, version: int, reason: str, actor: Actor) -> Award:
    """Let a held award go on, as if it had not been held.

    Raises routing.AwardMoved where it is not held any more, OwnRule and ReasonMissing.
    """
    award = _locked(award_id, version, reason, actor)
    assert award.rule_id is not None  # noqa: S101  (only a rule's awards are held)
    standing.lock_rules({award.rule_id})
    following = standing.of(award, calls.event_of(award.event), is_cleared=True)
    award.recipient, award.due_at = following.recipient, following.due_at
    routing.move(
        award, following.status, problem=following.problem, detail=following.detail
    )
    routing.send_on(award)
    _record(Action.AWARD_RELEASED, award, actor)
    return award


@transaction.atomic(durable=True)
def block(award_id: int, *, version: int, reason: str, actor: Actor) -> Award:
    """Decide against a held award, for good. Raises as `release` does."""
    award = _locked(award_id, version, reason, actor)
    routing.move(award, AwardStatus.BLOCKED, problem=award.problem, detail=award.detail)
    _record(Action.AWARD_BLOCKED, award, actor)
    return award


@transaction.atomic(durable=True)
def verified(award_id: int) -> None:
    """The days for a reversal are over: the award goes on. Safe to repeat."""
    award = routing.lock(award_id)
    now = timezone.now()
    if award.status != AwardStatus.WAITING or (award.due_at and award.due_at > now):
        return
    status, award.due_at = routing.status_of(
        award.rule_version, award.event.occurred_at, now
    )
    routing.move(award, status)
    routing.send_on(award)
    _record(Action.AWARD_VERIFIED, award, WORKER)


def may_decide(award: Award, actor: Actor) -> bool:
    """Whether this person had no hand in the rule or the key behind the award."""
    version = award.rule_version
    hands = {award.event.key.created_by_id}
    if version is not None:
        hands |= set(version.hands.values_list("user_id", flat=True))
    return actor.person_id not in hands


def _locked(award_id: int, version: int, reason: str, actor: Actor) -> Award:
    if not reason.strip():
        raise ReasonMissing
    award = routing.lock(award_id)
    if award.status != AwardStatus.HELD or award.version != version:
        raise routing.AwardMoved(award)
    if not may_decide(award, actor):
        raise OwnRule
    award.decided_by_id = actor.person_id
    award.decided_at = timezone.now()
    award.reason = reason.strip()[:500]
    return award


def _record(action: Action, award: Award, actor: Actor) -> None:
    journal.record(
        action,
        award,
        actor=actor,
        program_id=award.program_id,
        data={"event": award.event_id, "status": award.status},
    )
