"""What staff do with links nobody claimed: stop them, extend them, issue them anew.

None of it buys or returns a card, and none of it reaches the provider: a link of the
provider's that left the portal still opens there.
"""

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from orders.claims import sealing
from orders.claims.handing import digest_of
from orders.models import Claim, LinkBatch, Order
from orders.models.claim import ClaimQuerySet
from orders.models.links import end_of
from orders.states import OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json

# In these, links have come or may come; before, the last day is part of what is decided
# on, and changed by editing the order.
_BOUGHT: Final = frozenset(
    {
        OrderStatus.PLACING,
        OrderStatus.NEEDS_ATTENTION,
        OrderStatus.COMPLETED,
        OrderStatus.COMPLETED_WITH_FAILURES,
    }
)
_UNCLAIMED = Q(claimed_at=None, redeemed_at=None, voided_at=None)


class StaleLinks(Exception):
    """They are not what was on the screen, or somebody claimed one meanwhile."""


def voidable(batch: LinkBatch) -> ClaimQuerySet:
    """Links that nobody has claimed and nobody has stopped."""
    return batch.claims.filter(_UNCLAIMED)


def extendable(batch: LinkBatch, last_day: date) -> ClaimQuerySet:
    """Unclaimed links whose last day comes before this one."""
    return voidable(batch).filter(expires_at__lt=end_of(last_day))


@transaction.atomic(durable=True)
def void(claim: Claim, *, version: int, actor: Actor) -> Claim:
    """Let a link open nothing any more. The card stays paid for. Raises StaleLinks."""
    claim = _lock(claim, version)
    claim.voided_at = timezone.now()
    _save(claim, "voided_at")
    _record(Action.CLAIM_VOIDED, claim, {}, actor)
    return claim


@transaction.atomic(durable=True)
def void_all(batch: LinkBatch, *, count: int, actor: Actor) -> int:
    """Void every unclaimed link of a batch: `count` of them, as was on the screen.

    Raises StaleLinks if they are not as many any more.
    """
    batch = _lock_batch(batch)
    ids = list(
        voidable(batch).select_for_update().order_by("pk").values_list("pk", flat=True)
    )
    if not ids or len(ids) != count:
        raise StaleLinks
    voidable(batch).update(voided_at=timezone.now(), version=F("version") + 1)
    _record_batch(Action.LINKS_VOIDED, batch, ids, {}, actor)
    return count


@transaction.atomic(durable=True)
def extend(claim: Claim, last_day: date, *, version: int, actor: Actor) -> Claim:
    """A later last day; an expired link lives again. Raises StaleLinks."""
    claim = _lock(claim, version)
    expires_at = end_of(last_day)
    if claim.expires_at is None or claim.expires_at >= expires_at:
        raise StaleLinks
    claim.expires_at = expires_at
    _save(claim, "expires_at")
    _record(Action.CLAIM_EXTENDED, claim, {"last_day": str(last_day)}, actor)
    return claim


@transaction.atomic(durable=True)
def extend_all(batch: LinkBatch, last_day: date, *, before: date, actor: Actor) -> int:
    """A later last day for the batch and its unclaimed links; how many those are.

    Links that run longer already stay as they are. `before` is the last day that was on
    the screen. Raises StaleLinks if it is another one now, or nothing is bought yet.
    """
    batch = _lock_batch(batch)
    is_later = batch.expires_on == before and before < last_day
    if not (is_later and may_extend(batch)):
        raise StaleLinks
    links = extendable(batch, last_day)
    ids = list(links.select_for_update().order_by("pk").values_list("pk", flat=True))
    links.update(expires_at=end_of(last_day), version=F("version") + 1)
    batch.expires_on = last_day  # Of links that arrive from now on.
    batch.save(update_fields=["expires_on"])
    data: dict[str, Json] = {"last_day": str(last_day)}
    _record_batch(Action.LINKS_EXTENDED, batch, ids, data, actor)
    return len(ids)


@transaction.atomic(durable=True)
def reissue(claim: Claim, *, version: int, actor: Actor) -> Claim:
    """The same card behind a new link of ours; the old link is dead. Raises StaleLinks.

    What is known of the old link's way, its visits and that it was handed out, begins
    anew; the handouts it was in stay on record.
    """
    claim = _lock(claim, version)
    if not may_reissue(claim):
        raise StaleLinks
    secret = sealing.reissued(sealing.unseal(claim.secret_ciphertext))
    claim.secret_ciphertext = sealing.seal(secret)
    claim.token_digest = sealing.token_digest(secret.token)
    claim.issue += 1
    claim.handed_out_at = claim.opened_at = None
    claim.opens = claim.scans = 0
    _save(
        claim,
        "secret_ciphertext",
        "token_digest",
        "issue",
        "handed_out_at",
        "opened_at",
        "opens",
        "scans",
    )
    _record(Action.CLAIM_REISSUED, claim, {"issue": claim.issue}, actor)
    return claim


def may_extend(batch: LinkBatch) -> bool:
    """Whether it has a last day, and is bought: before, its order is edited instead."""
    return batch.expires_on is not None and batch.order.status in _BOUGHT


def is_unclaimed(claim: Claim) -> bool:
    """Whether it can still be stopped: neither claimed nor void."""
    return not (claim.claimed_at or claim.redeemed_at or claim.voided_at)


def may_reissue(claim: Claim) -> bool:
    """Whether it has a link of ours that another may replace."""
    is_ours = claim.batch.way == LinkBatch.Way.PORTAL
    return is_ours and is_unclaimed(claim) and not claim.problem


def _lock(claim: Claim, version: int) -> Claim:
    """The claim, for this transaction alone: whoever claims it waits for the end."""
    related = Claim.objects.select_related("batch__order")
    claim = related.select_for_update(of=("self",)).get(pk=claim.pk)
    if claim.version != version or not is_unclaimed(claim):
        raise StaleLinks
    return claim


def _lock_batch(batch: LinkBatch) -> LinkBatch:
    """The batch; its order first, under whose lock links arrive."""
    order = Order.objects.select_for_update().get(pk=batch.order_id)
    batch = LinkBatch.objects.select_for_update().get(pk=batch.pk)
    batch.order = order
    return batch


def _save(claim: Claim, *fields: str) -> None:
    claim.version += 1
    claim.save(update_fields=[*fields, "version"])


def _record(action: Action, claim: Claim, data: dict[str, Json], actor: Actor) -> None:
    journal.record(
        action,
        claim,
        actor=actor,
        program_id=claim.batch.order.program_id,
        data={"batch": claim.batch_id, **data},
    )


def _record_batch(
    action: Action,
    batch: LinkBatch,
    ids: list[int],
    data: dict[str, Json],
    actor: Actor,
) -> None:
    """One entry, however many links: their number, and a digest for the rest."""
    journal.record(
        action,
        batch,
        actor=actor,
        program_id=batch.order.program_id,
        data={"count": len(ids), "claims": digest_of(ids), **data},
    )
