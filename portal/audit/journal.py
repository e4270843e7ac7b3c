"""Writing and verifying the journal.

Each entry's digest covers the one before it, so an edit, a gap or a swap shows at the
first entry it touches. Sequence numbers have no holes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from django.db import connection, models, transaction
from django.utils import timezone

from portal.actors import Actor
from portal.audit.actions import Action
from portal.audit.models import Entry

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]

GENESIS: Final = "0" * 64
# Any constant does, as long as nothing else in the database uses it.
_LOCK: Final = 0x6C617572


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found."""

    checked: int
    head: str
    first_bad: int | None = None
    reason: str = ""


def record(
    action: Action,
    subject: models.Model,
    *,
    actor: Actor,
    program_id: int | None = None,
    data: Mapping[str, Json] | None = None,
) -> Entry:
    """Append one entry within the caller's transaction.

    Call it last in a verb: the lock that orders entries is held until the commit.
    `data` holds ids, amounts in minor units, words and field names; no personal data.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act needs a transaction")
    _lock()
    last = Entry.objects.order_by("-sequence").values("sequence", "digest").first()
    entry = Entry(
        sequence=last["sequence"] + 1 if last else 1,
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        channel=actor.channel,
        action=action,
        subject_type=str(subject._meta.model_name),
        subject_id=str(subject.pk),
        program_id=program_id,
        data=dict(data or {}),
        request_id=actor.request_id,
        previous_digest=last["digest"] if last else GENESIS,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def verify() -> Verdict:
    """Read the whole chain in order; name the first entry that does not fit."""
    expected, previous = 1, GENESIS
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
        if reason := _fault(entry, expected, previous):
            return Verdict(expected - 1, previous, entry.sequence, reason)
        expected, previous = expected + 1, entry.digest
    return Verdict(expected - 1, previous)


def digest_of(entry: Entry) -> str:
    """SHA-256 over the entry's canonical JSON: sorted keys, no spaces, UTC times."""
    fields = {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor_kind, entry.actor_id, entry.channel],
        "action": str(entry.action),
        "subject": [entry.subject_type, entry.subject_id],
        "program": entry.program_id,
        "data": entry.data,
        "request": entry.request_id,
        "previous": entry.previous_digest,
    }
    canonical = json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fault(entry: Entry, expected: int, previous: str) -> str:
    if entry.sequence != expected:
        return f"entry {expected} is missing"
    if entry.previous_digest != previous:
        return "it does not follow the entry before it"
    if entry.digest != digest_of(entry):
        return "its content does not match its digest"
    return ""


def _lock() -> None:
    # SQLite's IMMEDIATE transaction is already the only writer.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
