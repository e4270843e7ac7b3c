"""What a person can do about an order that waits for one.

A manager tries again or gives up; neither needs a second approval, since what would be
sent is what was approved. Where the provider's answer cannot be read at all, whoever
manages the budget finds out at the provider and settles by hand.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import answers, fate, following, lifecycle, placing
from orders.models import Order, Placement
from orders.states import REWARD_FINAL, OrderStatus, PlacementStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from portal.outbox.messages import enqueue


@transaction.atomic(durable=True)
def resume(order: Order, *, version: int, actor: Actor) -> Order:
    """Send what waits again, under the same number and with the same body."""
    return _hand_over(order, Action.ORDER_RESUMED, version=version, actor=actor)


@transaction.atomic(durable=True)
def give_up(order: Order, *, version: int, actor: Actor) -> Order:
    """Stop trying. The money is free again once no attempt can still land."""
    return _hand_over(
        order, Action.ORDER_GIVEN_UP, version=version, actor=actor, abandon=True
    )


class TooEarly(Exception):
    """A request may still land; `at` is when it can be told."""

    def __init__(self, at: datetime) -> None:
        super().__init__("an attempt may still land")
        self.at = at


class AtTheProvider(Exception):
    """The provider has the order, so it cannot be booked as never having got there."""


@transaction.atomic(durable=True)
def settle(
    order: Order,
    *,
    charged: Money | None,
    reason: str,
    version: int,
    actor: Actor,
    placement_id: int | None = None,
) -> Order:
    """Book what a person found out at the provider, and end one placement's waiting.

    `charged` is what the provider took for it, None if it never got it; what is booked
    already stays as it is. Where several wait, `placement_id` says which one. Raises
    StaleOrder, budget.OverBudget, TooEarly while an attempt may still land, or
    AtTheProvider where None is said of what the provider has.
    """
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status != OrderStatus.NEEDS_ATTENTION:
        raise lifecycle.StaleOrder(order)
    placement = _meant(order, placement_id)
    if charged is None and placement.settled_at is None:
        _never_got_there(placement, reason, actor=actor)
    else:
        _was_sent(placement, charged, actor=actor)
    booked = {"placement": placement.pk, "charged": placement.cost_minor}
    journal.record(
        Action.ORDER_SETTLED,
        order,
        actor=actor,
        program_id=order.program_id,
        data=booked,
    )
    return order


def _meant(order: Order, placement_id: int | None) -> Placement:
    """The one that waits, or which of several; never one that was not on the page."""
    waiting = order.placements.select_for_update().filter(
        status=PlacementStatus.NEEDS_ATTENTION
    )
    if placement_id is not None:
        waiting = waiting.filter(pk=placement_id)
    found = list(waiting[:2])
    if len(found) != 1:
        raise lifecycle.StaleOrder(order)
    found[0].order = order
    return found[0]


def _never_got_there(placement: Placement, reason: str, *, actor: Actor) -> None:
    if fate.is_there(placement):
        raise AtTheProvider
    if (at := fate.quiet_from(placement)) > timezone.now():
        raise TooEarly(at)
    placement.is_abandoned = True
    placing.refuse(placement, reason, actor=actor)


def _was_sent(placement: Placement, charged: Money | None, *, actor: Actor) -> None:
    if charged is not None:
        answers.settle_at(placement, charged, actor=actor)
    placement.status = PlacementStatus.COMPLETED
    placement.is_settled_by_hand = True
    placement.problem = ""
    placement.save()
    left = placement.rewards.exclude(status__in=REWARD_FINAL)
    if placement.cost_minor:
        left.update(status=RewardStatus.SENT, problem="", sent_at=timezone.now())
    else:
        left.exclude(status=RewardStatus.SENT).update(
            status=RewardStatus.CANCELLED, problem=_("The provider charged nothing.")
        )
    following.follow(placement.order, placement.rewards.all())
    lifecycle.conclude(placement.order)


def waiting(order: Order) -> QuerySet[Placement]:
    """The placements a person can decide on: those the provider does not hold."""
    return order.placements.filter(
        status=PlacementStatus.NEEDS_ATTENTION, provider_order_id=""
    ).order_by("pk")


def at_stake(order: Order) -> Money:
    """What is held for them."""
    held = waiting(order).aggregate(minor=Sum("held_minor"))["minor"]
    return Money.of_minor(held or 0, order.currency)


def _hand_over(
    order: Order, action: Action, *, version: int, actor: Actor, abandon: bool = False
) -> Order:
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status != OrderStatus.NEEDS_ATTENTION:
        raise lifecycle.StaleOrder(order)
    placements = list(waiting(order))
    if not placements:
        raise lifecycle.TransitionRefused(order, OrderStatus.PLACING)
    for placement in placements:
        placement.status = PlacementStatus.READY
        placement.problem = ""
        placement.is_abandoned = abandon
        placement.refusal = _("Given up by a person.") if abandon else ""
        placement.save()
        enqueue("orders.place", placement.pk, {"placement": placement.pk})
    if not abandon:
        placing.proceed(order)
    lifecycle.conclude(order)
    journal.record(
        action,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"placements": [placement.po_number for placement in placements]},
    )
    return order
