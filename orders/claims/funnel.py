"""How far the links of a batch came: counted by the database, in one question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import LinkBatch
from orders.models.claim import is_status
from orders.states import ClaimStatus

# Units of the drawing in components/funnel.html.
WIDTH: Final = 720


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the funnel: how many came so far, and how long its bar is."""

    label: str
    count: int
    percent: int
    width: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """Each link counts at every stage it reached, and in one status at most.

    `opened` counts links that people opened, `scans` the visits of machines.
    """

    created: int
    handed_out: int
    opened: int
    claimed: int
    redeemed: int
    void: int
    expired: int
    needs_attention: int
    good: int
    # Neither claimed nor void.
    open: int
    # Good and not void: what may be handed out.
    leaving: int
    assigned: int
    scans: int


_REACHED: Final[Mapping[str, Q]] = {
    "created": Q(),
    "handed_out": Q(handed_out_at__isnull=False),
    "opened": Q(opened_at__isnull=False),
    "claimed": Q(claimed_at__isnull=False) | Q(redeemed_at__isnull=False),
    "redeemed": Q(redeemed_at__isnull=False),
    "good": Q(problem=""),
    "open": Q(claimed_at=None, redeemed_at=None, voided_at=None),
    "leaving": Q(problem="", voided_at=None),
    "assigned": Q(recipient__isnull=False),
}
_ENDED: Final[Mapping[str, ClaimStatus]] = {
    "void": ClaimStatus.VOID,
    "expired": ClaimStatus.EXPIRED,
    "needs_attention": ClaimStatus.NEEDS_ATTENTION,
}


def of(batch: LinkBatch) -> Funnel:
    """The funnel of a batch as it is now."""
    now = timezone.now()
    ended = {name: is_status(status, now) for name, status in _ENDED.items()}
    counts = {
        name: Count("pk", filter=condition)
        for name, condition in (*_REACHED.items(), *ended.items())
    }
    return Funnel(**batch.claims.aggregate(**counts, scans=Sum("scans", default=0)))


def stages(batch: LinkBatch, found: Funnel) -> list[Stage]:
    """What can be known: nobody here sees who opens a link of the provider's."""
    counted = (
        (_("Created"), found.created, True),
        (_("Handed out"), found.handed_out, True),
        (_("Opened"), found.opened, batch.way == LinkBatch.Way.PORTAL),
        (_("Claimed"), found.claimed, True),
        (_("Redeemed at the provider"), found.redeemed, not batch.is_one_line),
    )
    of = found.created or 1
    return [
        Stage(label, count, 100 * count // of, WIDTH * count // of)
        for label, count, is_known in counted
        if is_known
    ]
