"""Problem rows as a file of their own, and the corrected file back again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from portal import tabular
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import lookups
from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import fixing, kinds, rechecking
from programs.sheets.loading import step
from programs.sheets.locking import lock

MOST_ROWS: Final = 20_000
Status = SheetRow.Status


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows that were changed and checked again; row numbers nothing could be done with.

    `unchanged` rows said what the list says; `used` ones are in an order already.
    """

    merged: int
    unchanged: int
    used: Sequence[int] = ()
    unknown: Sequence[str] = field(default_factory=list)


def problem_rows(sheet: Sheet) -> Iterator[bytes]:
    """The rows with problems as CSV: their number, their columns, what is wrong."""
    columns = [_("Row"), *sheet.columns, _("Problem")]
    return tabular.csv_lines(columns, _rows(sheet))


@transaction.atomic(durable=True)
def merge(sheet: Sheet, content: BinaryIO, *, actor: Actor) -> Merged:
    """Take over what was changed in a file that `problem_rows` gave, by row number.

    Only columns that are mapped count. Raises tabular.Unreadable, also for a file
    without the row numbers, and locking.WrongStatus.
    """
    table = tabular.open_table(content, "corrections.csv")
    numbered, columns = _columns(sheet, table.header or ())
    given = _read(table, numbered)
    locked = lock(sheet, Sheet.Status.CHECKED)
    unknown = [text for text in given if not text.isdecimal()]
    by_number = {int(t): cells for t, cells in given.items() if t.isdecimal()}
    changed, used, seen = 0, [], 0
    for numbers in lookups.in_steps(sorted(by_number), step()):
        rows = locked.rows.select_for_update().filter(number__in=numbers)
        found = list(rows.order_by("pk"))
        seen += len(found)
        unknown += map(str, sorted({*numbers} - {row.number for row in found}))
        used += [row.number for row in found if row.status == Status.TAKEN]
        edited = [
            row
            for row in found
            if row.status != Status.TAKEN
            and _edit(locked, row, by_number[row.number], columns)
        ]
        if edited:
            rechecking.recheck(locked, edited)
        changed += len(edited)
    fixing.bump(locked)
    journal.record(
        Action.SHEET_CORRECTED,
        locked,
        actor=actor,
        program_id=locked.program_id,
        data={"rows": changed, "unknown": len(unknown), "fields": sorted(columns)},
    )
    return Merged(changed, seen - changed - len(used), used, unknown)


def _rows(sheet: Sheet) -> Iterator[Sequence[str | int]]:
    after = 0
    while rows := list(
        sheet.rows.filter(status=Status.PROBLEM, number__gt=after)
        .order_by("number")
        .prefetch_related("problems")[: step()]
    ):
        after = rows[-1].number
        for row in rows:
            cells = _shown(sheet, row)
            yield [row.number, *cells, " ".join(map(kinds.message, _errors(row)))]


def _errors(row: SheetRow) -> list[RowProblem]:
    found = sorted(row.problems.all(), key=lambda problem: problem.pk)
    return [problem for problem in found if problem.is_error]


def _shown(sheet: Sheet, row: SheetRow) -> list[str]:
    """The row's cells in the columns of the file, with what was corrected since."""
    width = len(sheet.columns)
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    for name, index in sheet.mapping.items():
        if name in row.fixes:
            cells[index] = row.fixes[name]
    return cells


def _columns(sheet: Sheet, header: Sequence[str]) -> tuple[int, Mapping[str, int]]:
    """Where the corrected file has the row number, and each field that it has."""
    place = {name.strip(): index for index, name in reversed([*enumerate(header)])}
    numbered = place.get(str(_("Row")))
    if numbered is None:
        raise tabular.Unreadable(
            _(
                "This file does not say which rows it corrects. Download the problem "
                "rows, correct them there, and keep the column “Row”."
            )
        )
    # As it was downloaded, the place says more than a name that may stand there twice.
    is_whole = numbered == 0 and len(header) == len(sheet.columns) + 2
    columns = {
        name: index + 1 if is_whole else place.get(str(sheet.columns[index]))
        for name, index in sheet.mapping.items()
    }
    return numbered, {name: at for name, at in columns.items() if at is not None}


def _read(table: tabular.Table, numbered: int) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for _number, cells in table:
        if text := cells[numbered].strip():
            given[text] = cells
        if len(given) > MOST_ROWS:
            raise tabular.Unreadable(
                _(
                    "More than %(most)s rows are too many corrections at once. "
                    "Upload the corrected file as a new list."
                )
                % {"most": f"{MOST_ROWS:,}"}
            )
    return given


def _edit(
    sheet: Sheet, row: SheetRow, cells: Sequence[str], columns: Mapping[str, int]
) -> bool:
    """Whether any mapped cell says something else than the list does, now put in."""
    before = row.fixes
    shown = _shown(sheet, row)
    for name, index in columns.items():
        typed = fixing.plain(name, cells[index])[: fixing.MOST_TYPED]
        if typed != fixing.plain(name, shown[sheet.mapping[name]]):
            fixing.set_value(sheet, row, name, typed)
    return bool(row.fixes != before)
