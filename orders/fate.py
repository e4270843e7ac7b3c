"""What is known of a placement's attempts: did one land, and can one still?

A hold on the budget is released only where the answer to both is no.
"""

from datetime import datetime, timedelta

from django.conf import settings

from orders import frozen
from orders.models import Attempt, Claim, Placement
from orders.outcomes import Answer
from orders.states import PlacementStatus
from portal.provider.types import Created, ProviderOrder

Outcome = Attempt.Outcome

# So many looks in a row that find nothing; a replica may not know a fresh order yet.
MISSING_LOOKS = 8
_LONGEST_BACK_OFF_SECONDS = 600.0


def may_have_landed(placement: Placement) -> bool:
    """Whether any attempt was not clearly turned down."""
    unclear = ("", Outcome.UNKNOWN, Outcome.DUPLICATE, Outcome.CREATED)
    return placement.attempts.filter(outcome__in=unclear).exists()


def is_unsent(placement: Placement) -> bool:
    """Whether nothing can have landed, and nobody decided yet that nothing shall."""
    return not placement.refusal and not may_have_landed(placement)


def quiet_from(placement: Placement) -> datetime:
    """When no request sent so far can be accepted any more."""
    last = placement.attempts.order_by("-started_at").values_list(
        "started_at", flat=True
    )
    begun = last.first() or placement.created_at
    return begun + timedelta(seconds=settings.PROVIDER_QUIET_SECONDS)


def is_out_of_reach(placement: Placement, found: tuple[ProviderOrder, ...]) -> bool:
    """Whether nothing of ours landed and, after the quiet time, nothing can."""
    said = (Outcome.CREATED, Outcome.DUPLICATE)
    if not found and placement.attempts.filter(outcome__in=said).exists():
        return False  # The provider said that it is there; an empty list says little.
    if placement.attempts.filter(outcome=Outcome.CREATED).exists():
        return False
    # A number that others took cannot become ours; a person has seen that.
    ours = (frozen.is_ours(placement, order) for order in found)
    return not found or (placement.is_abandoned and not any(ours))


def is_late_success(placement: Placement, answer: Answer) -> bool:
    """Whether a slow attempt landed after another one made the placement wait."""
    waits = placement.status == PlacementStatus.NEEDS_ATTENTION
    return waits and not placement.provider_order_id and isinstance(answer, Created)


def is_there(placement: Placement) -> bool:
    """Whether the provider has it: it named its order and knows it, or links came."""
    if placement.provider_order_id and placement.misses < MISSING_LOOKS:
        return True
    return Claim.objects.filter(reward__placement=placement).exists()


def back_off(placement_id: int) -> float:
    """Seconds until the next attempt, by how many the provider left unclear.

    What our own death cut short says nothing about the provider.
    """
    ended = Attempt.objects.filter(placement=placement_id, finished_at__isnull=False)
    return float(min(_LONGEST_BACK_OFF_SECONDS, 2.0 ** min(ended.count(), 10)))
