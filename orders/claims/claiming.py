"""A card is shown to one browser: the first that asks, and to that one again.

Staff see links on pages of their own; here is whoever has the link.
"""

from typing import Final

from django.db.models import F
from django.db.models.functions import Coalesce
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from orders.claims import sealing
from orders.claims.sealing import Secret
from orders.models import Claim, LinkBatch
from orders.states import CLAIM_OPEN, ClaimStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action

_DECISIVE: Final = (
    "problem",
    "voided_at",
    "claimed_at",
    "redeemed_at",
    "holder_digest",
)


class Refused(Exception):
    """The card is not for this browser, or no longer for anybody."""


def find(token: str) -> Claim | None:
    """The claim whose page this is, whatever its status; one query for any text.

    Where the provider's own links are handed out, ours have no page.
    """
    claim = sealing.find(token)
    is_ours = claim is not None and claim.batch.way == LinkBatch.Way.PORTAL
    return claim if is_ours else None


def is_open(claim: Claim) -> bool:
    """Whether its card waits for the first who asks."""
    return claim.status in CLAIM_OPEN


def is_held(claim: Claim, holder: str) -> bool:
    """Whether its card was shown to this browser, and still may be."""
    is_theirs = bool(holder) and constant_time_compare(claim.holder_digest, holder)
    return is_theirs and claim.status == ClaimStatus.CLAIMED


@atomic(durable=True)
def reveal(claim: Claim, holder: str, *, actor: Actor) -> Secret:
    """Give the card to this browser, as often as it asks. Raises Refused.

    The first time is journalled, before anything is shown. Later times are not: they
    show what this browser was given already, and asking is free to whoever has it.
    """
    is_ours = claim.batch.way == LinkBatch.Way.PORTAL
    if is_ours and _take(claim, holder):
        journal.record(
            Action.CLAIM_REVEALED,
            claim,
            actor=actor,
            program_id=claim.batch.order.program_id,
            data={"batch": claim.batch_id, "issue": claim.issue},
        )
        return sealing.unseal(claim.secret_ciphertext)
    claim.refresh_from_db(fields=_DECISIVE)
    if not is_held(claim, holder):
        raise Refused
    return sealing.unseal(claim.secret_ciphertext)


def _take(claim: Claim, holder: str) -> bool:
    """Whether this browser is the first: the one statement that decides it.

    It asks what `is_open` asks, of the link as it was shown and not as it was issued
    anew since. It names no other table: PostgreSQL would ask a joined one of the past.
    """
    now = timezone.now()
    free = Claim.objects.good().filter(
        pk=claim.pk,
        token_digest=claim.token_digest,
        claimed_at=None,
        redeemed_at=None,
    )
    taken = free.exclude(expires_at__lte=now).update(
        claimed_at=now,
        holder_digest=holder,
        opened_at=Coalesce("opened_at", now),
        version=F("version") + 1,
    )
    return bool(taken)
