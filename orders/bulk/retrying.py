"""What failed: sent again as it is, or given back to the list to be corrected.

As it is needs no second approval; a correction is a new order with its own.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from orders import eligibility, lifecycle, plans, pricing, rows
from orders.models import Order, Placement, Reward
from orders.states import OrderStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from programs import budget
from programs.models import SheetRow

_CAN_HAVE_FAILED: Final = (
    OrderStatus.COMPLETED_WITH_FAILURES,
    OrderStatus.PLACING,
    OrderStatus.NEEDS_ATTENTION,
)
_LOST: Final = (RewardStatus.FAILED, RewardStatus.CANCELLED)


class NotAsApproved(Exception):
    """What failed may not go as it was approved; the text says why and what to do."""


@transaction.atomic(durable=True)
def retry(
    order: Order, *, version: int, actor: Actor, shown: Money | None = None
) -> Order:
    """Send what the provider refused again, unchanged, under new PONumbers.

    The money is held again at today's price; `shown` is what was on the button. Raises
    StaleOrder, also where that is not the price any more; NotAsApproved where it is
    more than was approved; TransitionRefused where nothing can be tried again or the
    program does not run; budget.OverBudget.
    """
    order = _locked(order, version)
    failed = list(pricing.priced(order).filter(pk__in=retriable(order)))
    if not failed or any(eligibility.program_problems(order.program)):
        raise lifecycle.TransitionRefused(order, OrderStatus.PLACING)
    if obstacle := plans.obstacle(order, failed, _approved(failed)):
        raise NotAsApproved(_remedied(order, obstacle))
    program = budget.lock(order.program_id)
    placements = plans.more(order, failed)
    price = sum(placement.held_minor for placement in placements)
    if shown is not None and shown.minor != price:
        raise lifecycle.StaleOrder(order)
    for placement in placements:
        amount = Money.of_minor(placement.held_minor, order.currency)
        key = f"placement-{placement.pk}"
        budget.hold(program, amount, key=key, order_id=order.pk, actor=actor)
    ids = [reward.pk for reward in failed]
    order.rewards.filter(pk__in=ids).update(status=RewardStatus.QUEUED, problem="")
    lifecycle.conclude(order)
    journal.record(
        Action.ORDER_RETRIED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={
            "placements": [placement.po_number for placement in placements],
            "rewards": len(failed),
            "held": price,
        },
    )
    return order


@transaction.atomic(durable=True)
def give_back(order: Order, *, version: int, actor: Actor) -> Order:
    """Free the rows of what failed or was cancelled, each with its reason.

    Raises StaleOrder, and TransitionRefused where there is none.
    """
    order = _locked(order, version)
    lost = correctable(order)
    by_reason: dict[str, list[int]] = defaultdict(list)
    for pk, reason in lost.values_list("pk", "problem"):
        by_reason[reason].append(pk)
    if not by_reason:
        raise lifecycle.TransitionRefused(order, OrderStatus.CANCELLED)
    count = sum(
        rows.give_back(Reward.objects.filter(pk__in=ids), problem=reason)
        for reason, ids in by_reason.items()
    )
    order.version += 1
    order.save(update_fields=["version"])
    journal.record(
        Action.ORDER_CORRECTED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"sheet": order.sheet_id, "rows": count},
    )
    return order


def retriable(order: Order) -> QuerySet[Reward]:
    """Rewards the provider refused, whose rows are not in the list again.

    What other systems triggered has no rows.
    """
    if order.origin == Order.Origin.COLLECTED:
        return order.rewards.filter(status=RewardStatus.FAILED)
    return correctable(order).filter(status=RewardStatus.FAILED)


def correctable(order: Order) -> QuerySet[Reward]:
    """Rewards that came to nothing and still have their rows."""
    later = Reward.objects.filter(row=OuterRef("row"), pk__gt=OuterRef("pk"))
    return order.rewards.filter(
        ~Exists(later), status__in=_LOST, row__status=SheetRow.Status.TAKEN
    )


def _remedied(order: Order, obstacle: str) -> str:
    text = (
        _("%(reason)s It needs a new approval: give the rows back to the list.")
        if order.sheet_id
        else _("%(reason)s It needs a new approval: send it with an order of its own.")
    )
    return text % {"reason": obstacle}


def _approved(failed: Sequence[Reward]) -> int:
    """What was held for them: only whole placements fail. In minor units."""
    refused = {reward.placement_id for reward in failed}
    held = Placement.objects.filter(pk__in=refused).aggregate(minor=Sum("held_minor"))
    return held["minor"] or 0


def _locked(order: Order, version: int) -> Order:
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status not in _CAN_HAVE_FAILED:
        raise lifecycle.StaleOrder(order)
    return order
