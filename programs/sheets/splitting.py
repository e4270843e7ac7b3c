"""From a file to blocks of rows, as far as a minute gets; then to its columns.

A block is written in a transaction of its own that also counts its rows, so a reader
that was killed is followed by one that skips what is there, and two at once do no harm:
the slower finds that its rows are counted already.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal import tabular
from portal.actors import WORKER
from portal.audit import journal
from portal.audit.actions import Action
from portal.tabular import headers
from programs.models import Sheet, SheetBlock
from programs.sheets import discarding, mappings
from programs.sheets.stored import stream_of

BLOCK: Final = 1000
# A turn is far shorter than the lease of the message that asked for it.
SECONDS: Final = 40.0
# Kept below each column: enough to tell what is in it.
SAMPLES: Final = 20
_LONGEST_SAMPLE: Final = 80

Status = Sheet.Status


class _Overtaken(Exception):
    """Somebody else reads this list, or it was cancelled."""


def split(sheet_id: int) -> bool:
    """Read the file on from where it was left; whether nothing is left to read.

    What cannot be read makes the list refused, with the reason for the person.
    """
    sheet = Sheet.objects.select_related("program").get(pk=sheet_id)
    if not _is_due(sheet):
        return True
    try:
        with closing(tabular.open_table(stream_of(sheet), sheet.name)) as table:
            if not _read(sheet, table):
                return False
            _finish(sheet, table)
    except tabular.Unreadable as refusal:
        _refuse(sheet, str(refusal))
    except _Overtaken:
        pass
    return True


def give_up(payload: Mapping[str, Any], _reason: str) -> None:
    """A person gave up reading it, in the transaction around this: it is refused."""
    sheet = Sheet.objects.select_for_update().get(pk=payload["sheet"])
    if sheet.status == Status.READING:
        text = _("This list could not be read. Save it as CSV and upload that file.")
        _to_refused(sheet, text)


def _read(sheet: Sheet, table: tabular.Table) -> bool:
    """Write blocks until the end, or until it is time to let others work."""
    until = time.monotonic() + SECONDS
    rows = iter(table)
    # Reading over what is there costs no more than the reading itself.
    for _skipped in islice(rows, sheet.rows_total):
        pass
    while block := list(islice(rows, BLOCK)):
        _write(sheet, block)
        # Only now, so that every turn gets further, however long the way to its start.
        if time.monotonic() > until:
            return False
        discarding.pause()
    return True


@transaction.atomic(durable=True)
def _write(sheet: Sheet, rows: Sequence[tabular.Row]) -> None:
    # Locks the list, and tells whether it is still this reader's to go on with.
    ours = Sheet.objects.filter(
        pk=sheet.pk,
        status=Status.READING,
        checked_at=None,
        rows_total=sheet.rows_total,
    )
    if not ours.update(rows_total=F("rows_total") + len(rows)):
        raise _Overtaken
    number = sheet.rows_total // BLOCK
    SheetBlock.objects.create(sheet=sheet, number=number, rows=rows)
    sheet.rows_total += len(rows)


@transaction.atomic(durable=True)
def _finish(sheet: Sheet, table: tabular.Table) -> None:
    locked = _lock(sheet)
    locked.has_header = table.header is not None
    locked.columns = table.header or headers.named([""] * table.width)[0]
    locked.samples = _samples(locked)
    locked.signature = mappings.signature_of(table.header)
    locked.notes = [*locked.notes, *table.notes, *_assumed(table)]
    locked.status = Status.MAPPING
    locked.save()
    discarding.ask(locked)
    mappings.accept_if_sure(locked)


@transaction.atomic(durable=True)
def _refuse(sheet: Sheet, problem: str) -> None:
    locked = _lock(sheet)
    _to_refused(locked, problem)
    journal.record(
        Action.SHEET_REFUSED, locked, actor=WORKER, program_id=locked.program_id
    )


def _to_refused(locked: Sheet, problem: str) -> None:
    locked.status = Status.REFUSED
    locked.problem = problem
    locked.rows_total = 0
    locked.save(update_fields=["status", "problem", "rows_total"])
    discarding.ask(locked)


def _lock(sheet: Sheet) -> Sheet:
    locked = (
        Sheet.objects.select_for_update(of=("self",))
        .select_related("program")
        .get(pk=sheet.pk)
    )
    if not _is_due(locked) or locked.rows_total != sheet.rows_total:
        raise _Overtaken
    return locked


def _is_due(sheet: Sheet) -> bool:
    # The file of a list whose columns are changed was read long ago.
    return sheet.status == Status.READING and not sheet.is_reopened


def _assumed(table: tabular.Table) -> list[str]:
    if table.encoding != "cp1252":
        return []
    return [
        _(
            "The file is not in Unicode, so it was read as Windows-1252. Check that "
            "names with accents look right."
        )
    ]


def _samples(sheet: Sheet) -> list[list[str]]:
    """The first different values below each column, cut to what a page can show."""
    rows = sheet.blocks.get(number=0).rows
    return [list(_first(rows, column)) for column in range(len(sheet.columns))]


def _first(rows: Sequence[tuple[int, list[str]]], column: int) -> Iterator[str]:
    values = (cells[column].strip() for _number, cells in rows)
    different = dict.fromkeys(value[:_LONGEST_SAMPLE] for value in values if value)
    return islice(different, SAMPLES)
