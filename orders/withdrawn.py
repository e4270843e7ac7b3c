"""What was withdrawn after the approval: asked right before every POST.

People who stopped messages are left out of a placement that was never sent; the others
go out in a new one. A parcel goes at the price and by the method approved, or not.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from orders import lifecycle, plans, pricing, rows, screening
from orders.models import Order, Placement
from orders.states import PlacementStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from programs import budget


def found(placement: Placement) -> dict[int, str]:
    """Why some of its rewards may not be sent any more, by their ids; few queries."""
    if placement.order.type != Order.Type.DIGITAL:
        return {}  # A link goes to nobody yet, and a parcel is no message.
    rewards = list(placement.rewards.select_related("recipient").order_by("pk"))
    problems = screening.contact_problems(placement.order.program, rewards)
    return {
        reward.pk: problem.message
        for reward, problem in zip(rewards, problems, strict=True)
        if problem is not None
    }


def not_as_approved(placement: Placement) -> str:
    """Why a parcel of a placement that waited may not go any more, or nothing."""
    order = placement.order
    if not order.is_postal:
        return ""
    waiting = list(pricing.priced(order).filter(placement=placement))
    return plans.obstacle(order, waiting, placement.held_minor)


def can_be_left_out(placement: Placement, stopped: Mapping[int, str]) -> bool:
    """Whether others remain, and nobody ever tried to send this placement."""
    if not stopped or placement.attempts.exists():
        return False
    return placement.rewards.count() > len(stopped)


def leave_out(
    placement: Placement, stopped: Mapping[int, str], *, actor: Actor
) -> list[Placement]:
    """Cancel those who stopped, and freeze the others in a new placement at once.

    Within the verb that would have sent it, whose journal entry this writes.
    """
    order = placement.order
    stays = pricing.priced(order).filter(placement=placement)
    instead = plans.more(order, list(stays.exclude(pk__in=stopped)))
    numbers = [each.po_number for each in instead]
    _rehold(placement, instead, actor=actor)
    _cancel(placement, stopped)
    placement.status = PlacementStatus.REFUSED
    placement.is_abandoned = True
    placement.settled_at = timezone.now()
    problem = _("%(count)s may no longer be sent. The others go out as %(number)s.")
    told = {"count": len(stopped), "number": ", ".join(numbers)}
    placement.problem = (problem % told)[:250]
    placement.save(update_fields=["status", "is_abandoned", "settled_at", "problem"])
    lifecycle.conclude(order)
    journal.record(
        Action.PLACEMENT_ANSWERED,
        placement,
        actor=actor,
        program_id=order.program_id,
        data={
            "order": order.pk,
            "po_number": placement.po_number,
            "outcome": "not sent",
            "status": placement.status,
            "left_out": len(stopped),
            "instead": numbers,
        },
    )
    return instead


def _rehold(
    placement: Placement, instead: Sequence[Placement], *, actor: Actor
) -> None:
    """Move the money, never more than was approved; what is over is free."""
    order = placement.order
    program = budget.lock(order.program_id)
    left = placement.held_minor
    budget.release(
        program,
        Money.of_minor(left, order.currency),
        key=f"placement-{placement.pk}",
        order_id=order.pk,
        actor=actor,
    )
    for each in instead:
        each.held_minor = min(each.held_minor, left)
        each.save(update_fields=["held_minor"])
        left -= each.held_minor
        budget.hold(
            program,
            Money.of_minor(each.held_minor, order.currency),
            key=f"placement-{each.pk}",
            order_id=order.pk,
            actor=actor,
        )


def _cancel(placement: Placement, stopped: Mapping[int, str]) -> None:
    by_reason: dict[str, list[int]] = defaultdict(list)
    for pk, reason in stopped.items():
        by_reason[reason].append(pk)
    for reason, ids in by_reason.items():
        rewards = placement.rewards.filter(pk__in=ids)
        rows.give_back(rewards, problem=reason)
        rewards.update(status=RewardStatus.CANCELLED, problem=reason[:250])
