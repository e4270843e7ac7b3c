"""Correcting one row of a checked list: a cell, a finding, or whether it takes part."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from programs.models import Sheet, SheetRow
from programs.sheets import kinds, overview, rechecking
from programs.sheets.fields import ADDRESS_PARTS, Field, asked
from programs.sheets.kinds import ACCEPTED
from programs.sheets.locking import lock
from programs.sheets.overview import Counts

Status = SheetRow.Status
# Where line breaks say something.
MULTILINE: Final = frozenset({Field.MESSAGE, Field.ADDRESS})
# As long as the longest field; a fix is shown and checked like a cell.
MOST_TYPED: Final = 1000


class Used(Exception):
    """The row is in an order or the address book already; the text says so."""

    def __init__(self) -> None:
        super().__init__(
            _("This row was used already. Take its order back to change it here.")
        )


class NoSuchField(ValueError):
    """The list has no such field, or what was typed is too long to be meant."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The row as it is now, the numbers of other rows that were looked at, and counts.

    The list's `version` went up with it.
    """

    row: SheetRow
    others: Collection[int]
    counts: Counts


@transaction.atomic(durable=True)
def fix(row: SheetRow, *, field: str, value: str, actor: Actor) -> Fixed:
    """Put `value` in place of what the file says, and check the row again.

    Raises locking.WrongStatus while the list is busy, Used, and NoSuchField.
    """
    return _fix(row, {field: value}, actor)


@transaction.atomic(durable=True)
def fix_all(row: SheetRow, *, changes: Mapping[str, str], actor: Actor) -> Fixed:
    """Put in several values at once, by field. Raises as `fix` does."""
    return _fix(row, changes, actor)


@transaction.atomic(durable=True)
def accept(row: SheetRow, *, kind: str, actor: Actor) -> Fixed:
    """Let the row pass with this kind of finding: "Keep as typed".

    Nothing changes for a kind that cannot be accepted. Raises as `fix` does.
    """
    sheet, locked = _lock(row)
    for field in locked.problems.filter(kind=kind).values_list("field", flat=True)[:1]:
        set_accepted(locked, kind, field)
    looked_at = rechecking.recheck(sheet, [locked])
    data: dict[str, Json] = {"row": row.number, "accepted": kinds.base(kind)}
    return _end(sheet, locked, looked_at, Action.SHEET_ROW_FIXED, data, actor)


@transaction.atomic(durable=True)
def exclude(row: SheetRow, actor: Actor) -> Fixed:
    """Leave the row out; rows that doubled it are free. Raises as `fix` does."""
    sheet, locked = _lock(row)
    looked_at = rechecking.leave_out(sheet, [locked])
    data = {"row": row.number, "rows": 1}
    return _end(sheet, locked, looked_at, Action.SHEET_ROWS_EXCLUDED, data, actor)


@transaction.atomic(durable=True)
def include(row: SheetRow, actor: Actor) -> Fixed:
    """Take a row in again that was left out. Raises as `fix` does."""
    sheet, locked = _lock(row)
    locked.status = Status.READY
    looked_at = rechecking.recheck(sheet, [locked])
    data = {"row": row.number, "rows": 1}
    return _end(sheet, locked, looked_at, Action.SHEET_ROWS_INCLUDED, data, actor)


def plain(field: str, typed: str) -> str:
    """What was typed, as a cell would hold it."""
    text = typed.replace("\0", "")
    return text.strip() if field in MULTILINE else " ".join(text.split())


def set_value(sheet: Sheet, row: SheetRow, field: str, value: str) -> None:
    """Change one of the row's fixes, unsaved; what was accepted of the field lapses.

    Another whole address takes back what was put in place of the parts of the last.
    """
    parts = ADDRESS_PARTS if field == Field.ADDRESS else ()
    lapsed = {field, *(part for part in parts if part not in sheet.mapping)}
    fixes = {
        name: text
        for name, text in row.fixes.items()
        if not (name.startswith(ACCEPTED) and text == field) and name not in lapsed
    }
    index = sheet.mapping.get(field, len(row.cells))
    told = row.cells[index].strip() if index < len(row.cells) else ""
    # An empty cell falls back on the answer for the whole list; an empty fix does not.
    row.fixes = fixes if value and value == told else {**fixes, field: value}


def set_accepted(row: SheetRow, kind: str, field: str) -> None:
    """Keep, unsaved, that such a finding is accepted until its field is changed."""
    if kinds.of(kind).accept_label:
        row.fixes = {**row.fixes, ACCEPTED + kinds.base(kind): field}


def _fix(row: SheetRow, changes: Mapping[str, str], actor: Actor) -> Fixed:
    sheet, locked = _lock(row)
    of_people = sheet.purpose == Sheet.Purpose.RECIPIENTS
    known = asked(of_people=of_people, posts=True)
    for field, typed in changes.items():
        value = plain(field, typed)
        if field not in known or len(value) > MOST_TYPED:
            raise NoSuchField(field)
        set_value(sheet, locked, field, value)
    looked_at = rechecking.recheck(sheet, [locked])
    data: dict[str, Json] = {"row": row.number, "fields": sorted(changes)}
    return _end(sheet, locked, looked_at, Action.SHEET_ROW_FIXED, data, actor)


def _lock(row: SheetRow) -> tuple[Sheet, SheetRow]:
    sheet = lock(row.sheet, Sheet.Status.CHECKED)
    locked = SheetRow.objects.select_for_update().get(pk=row.pk, sheet=sheet)
    if locked.status == Status.TAKEN:
        raise Used
    return sheet, locked


def _end(
    sheet: Sheet,
    row: SheetRow,
    looked_at: Collection[int],
    action: Action,
    data: Mapping[str, Json],
    actor: Actor,
) -> Fixed:
    # Comparing the rows of one person may have changed it once more.
    row.refresh_from_db(fields=["status", "has_warning"])
    counts = bump(sheet)
    journal.record(action, sheet, actor=actor, program_id=sheet.program_id, data=data)
    return Fixed(row, sorted({*looked_at} - {row.number}), counts)


def bump(sheet: Sheet) -> Counts:
    """Make pages that show the list as it was out of date; what it holds now."""
    counts = overview.counts(sheet)
    sheet.version += 1
    sheet.problems_found = counts.problem
    sheet.save(update_fields=["version", "problems_found"])
    return counts
