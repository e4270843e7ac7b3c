"""What was given: rewards that were asked for and may have come to something."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from orders.models import Reward
from orders.states import OrderStatus, RewardStatus
from programs.models import Program

# Orders that never came to anything use up nobody's cap.
_GONE = (
    OrderStatus.DRAFT,
    OrderStatus.COLLECTING,
    OrderStatus.CHANGES_REQUESTED,
    OrderStatus.REJECTED,
    OrderStatus.CANCELLED,
    OrderStatus.EXPIRED,
)


def given_in(program: Program, *, besides: int | None = None) -> QuerySet[Reward]:
    """What counts towards the cap for one person: given within its period."""
    rewards = living_in(program).exclude(order=besides)
    if program.recipient_cap_days is None:
        return rewards
    since = timezone.now() - timedelta(days=program.recipient_cap_days)
    return rewards.filter(order__submitted_at__gte=since)


def living_in(program: Program) -> QuerySet[Reward]:
    """Rewards of the program that were asked for and may have come to something."""
    return (
        Reward.objects.filter(order__program=program)
        .exclude(order__status__in=_GONE)
        .exclude(status__in=[RewardStatus.FAILED, RewardStatus.CANCELLED])
    )
