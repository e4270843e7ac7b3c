"""One placement to the provider, exactly once.

The handler calls `begin`, then the provider, then `answered`. Number and body never
change, so a retry is either the first one that lands or a 409 naming the one that did.
A hold on the budget is released only when no attempt can still land.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import (
    answers,
    fate,
    following,
    frozen,
    lifecycle,
    outcomes,
    rows,
    withdrawn,
)
from orders.models import Attempt, Order, Placement
from orders.outcomes import Answer, Named
from orders.states import PlacementStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from portal.outbox.messages import enqueue, soon
from portal.provider.types import (
    Created,
    InsufficientFunds,
    ProviderOrder,
    Refused,
    Unknown,
)
from programs import budget

Outcome = Attempt.Outcome

# From these, a placement may be sent. "sending" is what a killed worker left behind.
_OPEN = (PlacementStatus.READY, PlacementStatus.SENDING, PlacementStatus.UNKNOWN)
_FIRST_LOOK_SECONDS = 2.0
# So many 409 without an order to be seen are a person's business.
_BLIND_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Post:
    """Send these bytes, then report the outcome of this attempt."""

    attempt_id: int
    body: bytes


@dataclass(frozen=True, slots=True)
class LookUp:
    """Do not send; find out whether an earlier attempt landed."""

    po_number: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be known before this many seconds."""

    seconds: float


@transaction.atomic(durable=True)
def begin(placement_id: int, *, actor: Actor) -> Post | LookUp | Wait | None:
    """Record an attempt before it is made; None when there is nothing to do."""
    placement = locked(placement_id)
    if placement.status not in _OPEN:
        return None
    if placement.order.is_paused and fate.is_unsent(placement):
        return None  # Whoever continues it enqueues it again.
    stopped = {} if placement.refusal else withdrawn.found(placement)
    if withdrawn.can_be_left_out(placement, stopped):
        withdrawn.leave_out(placement, stopped, actor=actor)
        return None
    obstacle = placement.refusal or next(iter(stopped.values()), "")
    if not obstacle and fate.is_unsent(placement):
        obstacle = withdrawn.not_as_approved(placement)
    if obstacle:
        return _hold_back(placement, obstacle, actor=actor)
    attempt = Attempt.objects.create(
        placement=placement,
        number=placement.attempts.count() + 1,
        started_at=timezone.now(),
    )
    placement.status = PlacementStatus.SENDING
    placement.save(update_fields=["status"])
    _journal(Action.PLACEMENT_ATTEMPTED, placement, actor, attempt=attempt.number)
    return Post(attempt.pk, frozen.body_of(placement))


@transaction.atomic(durable=True)
def answered(attempt_id: int, answer: Answer, *, actor: Actor) -> bool:
    """Record what came of an attempt, and settle the placement where it is clear.

    Whether another attempt or a look-up is due.
    """
    attempt = Attempt.objects.get(pk=attempt_id)
    placement = locked(attempt.placement_id)
    attempt.finished_at = timezone.now()
    attempt.outcome = outcomes.word_of(answer)
    attempt.detail = outcomes.detail_of(answer)
    attempt.balance_minor = outcomes.balance_of(answer, placement.order.currency)
    attempt.save()
    if placement.status in _OPEN or fate.is_late_success(placement, answer):
        _take(placement, answer, actor=actor)
    _journal(
        Action.PLACEMENT_ANSWERED,
        placement,
        actor,
        attempt=attempt.number,
        outcome=attempt.outcome,
        status=placement.status,
        cost=placement.cost_minor,
    )
    return placement.status in _OPEN


@transaction.atomic(durable=True)
def looked_up(
    placement_id: int, found: tuple[ProviderOrder, ...], *, actor: Actor
) -> None:
    """Settle a refused placement by what the provider holds under its number."""
    placement = locked(placement_id)
    if placement.status not in _OPEN:
        return
    if fate.is_out_of_reach(placement, found):
        refuse(placement, placement.refusal, actor=actor)
    else:
        _adopt_named(placement, found, actor=actor)
    _journal(
        Action.PLACEMENT_ANSWERED,
        placement,
        actor,
        outcome="looked up",
        status=placement.status,
        cost=placement.cost_minor,
    )


def proceed(order: Order) -> None:
    """Let what a pause held back go out, within a verb that holds the order's lock."""
    if not order.is_paused:
        return
    lifecycle.pause(order, is_paused=False)
    waiting = order.placements.filter(status=PlacementStatus.READY).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        enqueue("orders.place", pk, {"placement": pk})


def _hold_back(
    placement: Placement, obstacle: str, *, actor: Actor
) -> LookUp | Wait | None:
    """Send no more; the money is free at once only if nothing can have landed."""
    is_news = not placement.refusal
    placement.refusal = obstacle[:250]
    if can_land := fate.may_have_landed(placement):
        _wait_unknown(placement, obstacle)
    else:
        refuse(placement, obstacle, actor=actor)
    if is_news or not can_land:
        told = {"outcome": "not sent", "status": placement.status}
        _journal(Action.PLACEMENT_ANSWERED, placement, actor, **told)
    if not can_land:
        return None
    wait = (fate.quiet_from(placement) - timezone.now()).total_seconds()
    return Wait(wait) if wait > 0 else LookUp(placement.po_number)


def _take(placement: Placement, answer: Answer, *, actor: Actor) -> None:
    match answer:
        case Created(order) if frozen.contradicts(placement, order):
            attention(placement, _("The provider made another order than was sent."))
        case Created(order):
            _adopt(placement, order, actor=actor)
        case Named(()):
            # Taken, but by an order we cannot see yet; asked again with the next 409.
            problem = _("The provider says this number is taken, and shows no order.")
            blind = placement.attempts.filter(outcome=Outcome.DUPLICATE)
            if blind.count() < _BLIND_ATTEMPTS:
                _wait_unknown(placement, problem)
            else:
                attention(placement, problem)
        case Named(orders):
            _adopt_named(placement, orders, actor=actor)
        case Refused():
            reason = outcomes.detail_of(answer)
            if fate.may_have_landed(placement):
                placement.refusal = reason
                _wait_unknown(placement, reason)
            else:
                refuse(placement, reason, actor=actor)
        case InsufficientFunds():
            lifecycle.pause(placement.order)  # The others would be refused as well.
            attention(placement, outcomes.detail_of(answer))
        case Unknown():
            _wait_unknown(placement, outcomes.detail_of(answer))


def _adopt_named(
    placement: Placement, found: tuple[ProviderOrder, ...], *, actor: Actor
) -> None:
    ours = [order for order in found if frozen.is_ours(placement, order)]
    if len(ours) != 1:
        attention(
            placement,
            _("PONumber %(number)s is taken by a different order at the provider.")
            % {"number": placement.po_number},
        )
        return
    _adopt(placement, ours[0], actor=actor)


def _adopt(placement: Placement, order: ProviderOrder, *, actor: Actor) -> None:
    placement.provider_order_id = order.id
    placement.refusal = ""
    placement.is_abandoned = False  # It came to be after all.
    answers.apply(placement, order, actor=actor)
    if not answers.is_final(placement):
        enqueue(
            "orders.collect",
            placement.pk,
            {"placement": placement.pk},
            not_before=soon(_FIRST_LOOK_SECONDS),
        )


def refuse(placement: Placement, reason: str, *, actor: Actor) -> None:
    """Nothing landed and nothing can: free the money, fail the rewards."""
    order = placement.order
    budget.release(
        budget.lock(order.program_id),
        Money.of_minor(placement.held_minor, order.currency),
        key=f"placement-{placement.pk}",
        order_id=order.pk,
        actor=actor,
    )
    placement.status = PlacementStatus.REFUSED
    placement.problem = reason[:250]
    placement.settled_at = timezone.now()
    placement.save(update_fields=["status", "problem", "settled_at", "is_abandoned"])
    outcome = RewardStatus.CANCELLED if placement.is_abandoned else RewardStatus.FAILED
    if placement.is_abandoned:
        rows.give_back(placement.rewards.all())
    placement.rewards.update(status=outcome, problem=reason[:250])
    following.follow(order, placement.rewards.all())
    lifecycle.conclude(order)


def attention(placement: Placement, problem: str) -> None:
    """Wait for a person; the hold stays. The caller holds the order's lock."""
    placement.status = PlacementStatus.NEEDS_ATTENTION
    placement.problem = problem[:250]
    placement.save()
    lifecycle.conclude(placement.order)
    answers.tell(placement.order)


def given_up(placement_id: int, reason: str) -> None:
    """Nobody tries or looks any more: a person has to settle it, unless all is done."""
    placement = locked(placement_id)
    if placement.settled_at is None:
        attention(placement, _("Given up: %(reason)s") % {"reason": reason})


def _wait_unknown(placement: Placement, problem: str) -> None:
    placement.status = PlacementStatus.UNKNOWN
    placement.problem = problem[:250]
    placement.save(update_fields=["status", "problem", "refusal"])


def locked(placement_id: int) -> Placement:
    """The placement with its order locked first, as everywhere."""
    order = lifecycle.lock_of(placements=placement_id)
    placement = Placement.objects.select_for_update().get(pk=placement_id)
    placement.order = order
    return placement


def _journal(
    action: Action, placement: Placement, actor: Actor, **data: str | int | None
) -> None:
    journal.record(
        action,
        placement,
        actor=actor,
        program_id=placement.order.program_id,
        data={"order": placement.order_id, "po_number": placement.po_number, **data},
    )
