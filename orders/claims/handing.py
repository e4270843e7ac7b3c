"""Links leave the portal: who took which, and in which form, noted before they do.

A handout is written and journalled first; what it holds is read afterwards, by
`exporting`. So a download that was cut short is on record whole.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import transaction

from orders.claims import locking
from orders.models import Claim, HandedOut, Handout, LinkBatch
from orders.models.claim import ClaimQuerySet
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from programs.sheets import loading

Kind = Handout.Kind

_AT_ONCE: Final = 5000
_ACTIONS: Final[Mapping[str, Action]] = {
    Kind.CSV: Action.LINKS_EXPORTED,
    Kind.XLSX: Action.LINKS_EXPORTED,
    Kind.QR: Action.LINKS_PRINTED,
}


class NothingToHandOut(Exception):
    """None of these links may leave: each is void, or not as it was ordered."""


@transaction.atomic(durable=True)
def hand_out(
    batch: LinkBatch,
    claims: ClaimQuerySet,
    *,
    kind: str,
    columns: Sequence[str] = (),
    actor: Actor,
) -> Handout:
    """These links of the batch, as a file or on paper; one entry for all of them.

    `columns` are names of `exporting.COLUMNS`. Raises NothingToHandOut.
    """
    handout, about = note(batch, claims, kind=kind, columns=columns, actor=actor)
    record(_ACTIONS[kind], batch, batch, about, actor)
    return handout


@transaction.atomic(durable=True)
def show(claim: Claim, *, actor: Actor) -> Handout:
    """One link, to be read off the screen and copied. Raises NothingToHandOut."""
    batch, one = claim.batch, Claim.objects.filter(pk=claim.pk)
    handout, about = note(batch, one, kind=Kind.COPY, actor=actor)
    record(Action.CLAIM_SHOWN, claim, batch, about, actor)
    return handout


def note(
    batch: LinkBatch,
    claims: ClaimQuerySet,
    *,
    kind: str,
    columns: Sequence[str] = (),
    actor: Actor,
) -> tuple[Handout, dict[str, Json]]:
    """Write, in the caller's transaction, that these links leave; what to journal.

    Links that are not good stay. Raises NothingToHandOut if none is.
    """
    locking.lock(batch.pk)
    good = claims.filter(batch=batch).good().order_by("pk")
    ids = list(good.values_list("pk", flat=True).iterator(chunk_size=_AT_ONCE))
    if not ids:
        raise NothingToHandOut
    handout = Handout.objects.create(
        batch=batch,
        kind=kind,
        columns=list(columns),
        count=len(ids),
        made_by_id=actor.user_id,
    )
    for start in range(0, len(ids), _AT_ONCE):
        pairs = ((handout.pk, pk) for pk in ids[start : start + _AT_ONCE])
        loading.load(HandedOut, ["handout_id", "claim_id"], pairs)
    new = Claim.objects.filter(handouts=handout, handed_out_at=None)
    new.update(handed_out_at=handout.made_at)
    return handout, {
        "handout": handout.pk,
        "kind": kind,
        "count": len(ids),
        "columns": list(columns),
        "claims": digest_of(ids),
    }


def digest_of(ids: Iterable[int]) -> str:
    """SHA-256 over primary keys in this order: an entry stands for many rows by it."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def record(
    action: Action,
    subject: LinkBatch | Claim,
    batch: LinkBatch,
    data: Mapping[str, Json],
    actor: Actor,
) -> None:
    """The one entry of a handout: of the batch, or of its only link."""
    program_id = batch.order.program_id
    journal.record(action, subject, actor=actor, program_id=program_id, data=data)
