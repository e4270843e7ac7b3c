"""Holding back what a list's order has not sent yet, for a while or for good.

What the provider may have already runs on.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import following, lifecycle, placing, rows
from orders.models import Order, Placement
from orders.states import OrderStatus, PlacementStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from portal.money import Money
from programs import budget

_ON_ITS_WAY = (OrderStatus.PLACING, OrderStatus.NEEDS_ATTENTION)


@transaction.atomic(durable=True)
def pause(order: Order, *, version: int, actor: Actor) -> Order:
    """Send nothing more until somebody continues. Raises StaleOrder."""
    order = _locked(order, version)
    lifecycle.pause(order)
    return _journal(Action.ORDER_PAUSED, order, actor)


@transaction.atomic(durable=True)
def resume(order: Order, *, version: int, actor: Actor) -> Order:
    """Send on what was held back, each under its own number. Raises StaleOrder."""
    order = _locked(order, version)
    placing.proceed(order)
    return _journal(Action.ORDER_CONTINUED, order, actor)


@transaction.atomic(durable=True)
def stop(order: Order, *, version: int, actor: Actor) -> Order:
    """Cancel every placement that was never tried, and free its money and its rows.

    Raises StaleOrder, and TransitionRefused where everything has been tried.
    """
    order = _locked(order, version)
    unsent = untried(order)
    if not unsent:
        raise lifecycle.TransitionRefused(order, OrderStatus.CANCELLED)
    held = sum(placement.held_minor for placement in unsent)
    ids = [placement.pk for placement in unsent]
    budget.release(
        budget.lock(order.program_id),
        Money.of_minor(held, order.currency),
        # All at once, under the first one's key: none of them is released again.
        key=f"placement-{ids[0]}",
        order_id=order.pk,
        actor=actor,
    )
    reason = _("Cancelled before it was sent.")
    rewards = order.rewards.filter(placement__in=ids)
    rows.give_back(rewards)
    count = rewards.update(status=RewardStatus.CANCELLED, problem=reason)
    following.follow(order, rewards)
    order.placements.filter(pk__in=ids).update(
        status=PlacementStatus.REFUSED,
        is_abandoned=True,
        problem=reason,
        settled_at=timezone.now(),
    )
    lifecycle.pause(order, is_paused=False)
    lifecycle.conclude(order)
    return _journal(
        Action.ORDER_STOPPED, order, actor, placements=ids, rewards=count, held=held
    )


def untried(order: Order) -> list[Placement]:
    """Placements nobody has ever tried to send; without their bodies."""
    ready = order.placements.filter(status=PlacementStatus.READY, attempts=None)
    return list(ready.defer("body_ciphertext").order_by("pk"))


def _locked(order: Order, version: int) -> Order:
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status not in _ON_ITS_WAY:
        raise lifecycle.StaleOrder(order)
    return order


def _journal(action: Action, order: Order, actor: Actor, **data: Json) -> Order:
    journal.record(
        action, order, actor=actor, program_id=order.program_id, data=dict(data)
    )
    return order
