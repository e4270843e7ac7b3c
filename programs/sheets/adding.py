"""From a checked list of people to an address book, in batches that each commit."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.actors import WORKER, Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs import wordings
from programs.consent_history import Channel
from programs.models import Sheet, SheetRow
from programs.sheets import (
    checking,
    evidence,
    fixing,
    loading,
    people,
    rechecking,
    storing,
    taking,
)
from programs.sheets.discarding import pause
from programs.sheets.evidence import Evidence
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem
from programs.sheets.locking import lock
from programs.sheets.people import Grant, Person

ADD_TOPIC: Final = "programs.add_people"
_SECONDS: Final = 40.0
Status = Sheet.Status


class NothingReady(Exception):
    """No row can be added now; the text says so."""

    def __init__(self) -> None:
        super().__init__(_("No row of this list is ready. Correct some rows first."))


@transaction.atomic(durable=True)
def begin(sheet: Sheet, *, version: int, actor: Actor) -> Sheet:
    """Have the ready rows added to the address book by the worker.

    The entry in the journal is written when they are. Raises NothingReady,
    locking.Stale, or locking.WrongStatus.
    """
    locked = lock(sheet, Status.CHECKED, version=version)
    if not locked.rows.filter(status=SheetRow.Status.READY).exists():
        raise NothingReady
    locked.status = Status.FILLING
    locked.version += 1
    locked.save(update_fields=["status", "version"])
    _go_on({"sheet": locked.pk, "after": 0, "asked_by": actor.person_id})
    return locked


def fill_some(payload: Mapping[str, Any], *, actor: Actor) -> None:
    """Add people for a while, on from where the last batch ended.

    Each batch keeps how far it came, so a run after a crash adds nobody twice.
    """
    until = time.monotonic() + _SECONDS
    place: Mapping[str, Any] | None = payload
    while place is not None and time.monotonic() < until:
        place = _batch(place, actor)
        pause()


def given_up(payload: Mapping[str, Any], _reason: str) -> None:
    """A person gave up the rest of it, in the transaction around this."""
    sheet = lock(Sheet(pk=payload["sheet"]))
    if sheet.status == Status.FILLING:
        _finish(sheet, payload, WORKER)


@transaction.atomic(durable=True)
def _batch(payload: Mapping[str, Any], actor: Actor) -> Mapping[str, Any] | None:
    sheet = lock(Sheet(pk=payload["sheet"]))
    if sheet.status != Status.FILLING:
        return None
    rows = taking.ready_rows(sheet, payload["after"], loading.step())
    if not rows:
        _finish(sheet, payload, actor)
        return None
    ids = people.take_in(
        sheet.program, [Person(row.name, row.email, row.phone) for row in rows], actor
    )
    added = [(row, pk) for row, pk in zip(rows, ids, strict=True) if pk is not None]
    granted = _grant(sheet, added, actor)
    _use(added)
    _keep_back(sheet, [row for row, pk in zip(rows, ids, strict=True) if pk is None])
    return _go_on(
        {
            **payload,
            "after": rows[-1].number,
            "added": payload.get("added", 0) + len(added),
            "consents": payload.get("consents", 0) + granted,
        }
    )


def _grant(sheet: Sheet, added: Sequence[tuple[SheetRow, int]], actor: Actor) -> int:
    region, today = sheet.program.phone_region, timezone.localdate()
    grants = []
    for line, (_row, pk) in zip(
        checking.lines_of(sheet, [row for row, _pk in added]), added, strict=True
    ):
        given = evidence.of(line.values, region, today)
        if isinstance(given, Evidence):
            grants += _grants(line, pk, given)
    return people.grant_many(grants, wording=wordings.current(), actor=actor)


def _grants(line: Line, pk: int, given: Evidence) -> list[Grant]:
    contacts = ((Channel.EMAIL, line.email), (Channel.SMS, line.phone))
    return [
        Grant(pk, channel, contact, given.source, given.given_on, given.text)
        for channel, contact in contacts
        if contact
    ]


def _use(added: Sequence[tuple[SheetRow, int]]) -> None:
    used = [(row.pk, pk, str(SheetRow.Status.TAKEN)) for row, pk in added]
    loading.change(SheetRow, ("id", "recipient_id", "status"), used)


def _keep_back(sheet: Sheet, rows: Sequence[SheetRow]) -> None:
    """Two records turned out to have the contacts of these since they were checked."""
    found = [(row.pk, Problem("two_people", Field.PHONE)) for row in rows]
    storing.insert_problems(sheet, found)
    rechecking.settle([row.pk for row in rows])


def _go_on(place: Mapping[str, Any]) -> Mapping[str, Any]:
    enqueue(ADD_TOPIC, place["sheet"], place)
    return place


def _finish(sheet: Sheet, payload: Mapping[str, Any], actor: Actor) -> None:
    sheet.status = Status.CHECKED
    sheet.save(update_fields=["status"])
    counts = fixing.bump(sheet)
    journal.record(
        Action.RECIPIENTS_IMPORTED,
        sheet,
        actor=actor,
        program_id=sheet.program_id,
        data={
            "added": payload.get("added", 0),
            "consents": payload.get("consents", 0),
            "problem": counts.problem,
            "digest": _digest(sheet),
        },
    )


def _digest(sheet: Sheet) -> str:
    """SHA-256 over which row became which person."""
    digest = hashlib.sha256()
    used = sheet.rows.filter(status=SheetRow.Status.TAKEN).order_by("number")
    for row in used.values_list("number", "recipient_id").iterator(
        chunk_size=loading.step()
    ):
        digest.update(repr(row).encode())
    return digest.hexdigest()
