"""What the provider says of an order it holds, taken into ours: forwards only."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import following, lifecycle, lines, notices
from orders.claims import arriving
from orders.lines import Pair
from orders.models import Order, Placement
from orders.states import (
    PROVIDER_LINE_WORDS,
    PROVIDER_ORDER_WORDS,
    REWARD_FINAL,
    PlacementStatus,
    RewardStatus,
)
from portal.actors import Actor
from portal.money import Money
from portal.provider.types import ProviderLine, ProviderOrder
from programs import budget

# What an answer changes of a placement, here or in the callers of `apply`.
_TOLD = (
    "status",
    "problem",
    "refusal",
    "is_abandoned",
    "provider_order_id",
    "provider_status",
    "cost_minor",
    "settled_at",
)


def apply(placement: Placement, found: ProviderOrder, *, actor: Actor) -> bool:
    """Take over statuses and cost; whether anything changed.

    The caller holds the lock of the order, and has made sure the answer is ours.
    """
    before = (placement.status, placement.problem, placement.provider_status)
    placement.provider_status = found.status[:50]
    status = PROVIDER_ORDER_WORDS.get(found.status.casefold())
    if status == PlacementStatus.PENDING and placement.settled_at:
        status = PlacementStatus.COMPLETED  # The provider's word for the past.
    problem = "" if status else _strange(found.status)
    paired = lines.pairs(placement, found)
    if changed := lines.take(paired, found.status):
        following.follow(placement.order, placement.rewards.all())
    links = _take_links(placement, paired, found)
    for line in found.lines:
        if line.status and line.status.casefold() not in PROVIDER_LINE_WORDS:
            problem = _strange(line.status)
    problem = problem or lines.differ(placement, paired, found)
    placement.status = status or PlacementStatus.NEEDS_ATTENTION
    if status == PlacementStatus.COMPLETED and not placement.settled_at:
        problem = problem or _settle(placement, paired, found, actor=actor)
    problem = problem or links.problem
    if problem:
        placement.status = PlacementStatus.NEEDS_ATTENTION
    if placement.is_settled_by_hand:
        placement.status, problem = PlacementStatus.COMPLETED, ""
    placement.problem = problem
    changed |= links.changed or before != (
        placement.status,
        problem,
        placement.provider_status,
    )
    # All but the frozen body, which is the bulk of the row.
    placement.save(update_fields=_TOLD)
    if changed:
        lifecycle.conclude(placement.order)
        if problem and problem != before[1]:
            tell(placement.order)
    return changed


def is_final(placement: Placement) -> bool:
    """Whether the money is settled and nothing more is to come of any reward."""
    if placement.settled_at is None:
        return False
    if placement.status == PlacementStatus.NEEDS_ATTENTION:
        return False  # What the provider puts right is seen only by looking.
    return not placement.rewards.exclude(status__in=REWARD_FINAL).exists()


def tell(order: Order) -> None:
    """Tell the requester that the order waits for a person."""
    notices.to_requester(order, "needs_attention")


def _take_links(
    placement: Placement, paired: Sequence[Pair], found: ProviderOrder
) -> arriving.Taken:
    if placement.order.shape != Order.Shape.LINKS:
        return arriving.Taken()
    arriving.lock(placement)
    taken = arriving.take(placement, lines.filled(paired, found.status))
    is_stopped = arriving.stop(reward for reward, _line in paired)
    return replace(taken, changed=taken.changed or is_stopped)


def _settle(
    placement: Placement,
    paired: Sequence[Pair],
    found: ProviderOrder,
    *,
    actor: Actor,
) -> str:
    """Spend what the provider charged; the problem if the budget cannot cover it."""
    order = placement.order
    held = Money.of_minor(placement.held_minor, order.currency)
    cost = _cost(found, order.currency)
    if cost is None:
        cost = held  # The provider names no cost: what was approved is what counts.
    elif order.is_postal and not settings.PROVIDER_COST_HAS_SHIPPING:
        cost = _with_shipping(cost, held, paired, found)
    try:
        settle_at(placement, cost, actor=actor)
    except budget.OverBudget:
        return _(
            "The provider charged %(cost)s where %(held)s was approved, and the "
            "budget does not cover it. Add funds; it settles by itself."
        ) % {"cost": cost, "held": held}
    return ""


def settle_at(placement: Placement, cost: Money, *, actor: Actor) -> None:
    """Spend this for a locked placement and free the rest of its hold, once.

    Raises budget.OverBudget, and changes nothing then. The caller saves the placement.
    """
    if placement.settled_at:
        return
    order = placement.order
    budget.settle(
        budget.lock(order.program_id),
        cost,
        held=Money.of_minor(placement.held_minor, order.currency),
        key=f"placement-{placement.pk}",
        order_id=order.pk,
        actor=actor,
    )
    placement.cost_minor = cost.minor
    placement.settled_at = timezone.now()


def _cost(found: ProviderOrder, currency: str) -> Money | None:
    """The sum of the lines' cost; what was cancelled is not paid for."""
    if not found.lines and not lines.is_cancelled(found.status):
        return None  # Saying nothing of the lines does not make them free.
    total = Decimal(0)
    for line in found.lines:
        if not _is_charged(line, found):
            continue
        if line.cost is None:
            return None
        total += line.cost
    return Money.rounded(total, currency)


def _is_charged(line: ProviderLine, found: ProviderOrder) -> bool:
    word = PROVIDER_LINE_WORDS.get(line.status.casefold())
    is_unsent = word in (None, RewardStatus.PLACED) and lines.is_cancelled(found.status)
    return word != RewardStatus.CANCELLED and not is_unsent


def _with_shipping(
    cost: Money, held: Money, paired: Sequence[Pair], found: ProviderOrder
) -> Money:
    """The cost of the cards with the approved price of posting those that are paid for.

    The provider does not say that price. It never brings the sum beyond what was held:
    more than that only the provider's own word can.
    """
    charged = [reward for reward, line in paired if _is_charged(line, found)]
    posting = sum(reward.shipment.cost_minor or 0 for reward in charged)
    whole = Money.of_minor(cost.minor + posting, cost.currency)
    return max(cost, min(whole, held))


def _strange(word: str) -> str:
    return _("The provider says “%(word)s”, which is not known here.") % {
        "word": word[:50]
    }
