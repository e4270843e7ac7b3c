"""Checking rows again that people changed, and the rows those are compared with."""

from collections.abc import Collection, Sequence

from django.db.models import Case, Exists, OuterRef, Value, When

from programs import lookups
from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import checking, duplicates, kinds, storing
from programs.sheets.duplicates import Member
from programs.sheets.fields import values_of
from programs.sheets.lines import Line, Problem

Status = SheetRow.Status
_WRITTEN = (*(name.removesuffix("_id") for name in storing.CHECKED), "fixes")


def recheck(sheet: Sheet, rows: Sequence[SheetRow]) -> set[int]:
    """Store these rows with their changed fixes and status, checked again.

    Within a verb that holds the list. Returns the numbers of all rows that were looked
    at: other rows of the same people become free, or are found to be duplicates.
    """
    contacts = _contacts_of(rows)
    lines = [
        Line(
            row.number,
            row.cells,
            values_of(row.cells, row.fixes, sheet.mapping, sheet.answers),
            row.fixes,
        )
        for row in rows
    ]
    checking.run(sheet, lines)
    for row, line in zip(rows, lines, strict=True):
        storing.apply(line, row)
    _save(rows)
    ids = [row.pk for row in rows]
    RowProblem.objects.filter(row__in=ids).delete()
    found = zip(ids, lines, strict=True)
    storing.insert_problems(
        sheet, ((pk, each) for pk, line in found for each in line.problems)
    )
    for by, values in _contacts_of(rows).items():
        contacts[by] |= values
    compared = duplicates.sharing(sheet, contacts)
    compare(sheet, compared)
    return {row.number for row in rows} | {member.number for member in compared}


def leave_out(sheet: Sheet, rows: Sequence[SheetRow]) -> set[int]:
    """Leave these rows out, within a verb; they keep what was found in them.

    Returns the numbers of all rows that were looked at.
    """
    for row in rows:
        row.status = Status.EXCLUDED
    for some in lookups.in_steps([row.pk for row in rows]):
        SheetRow.objects.filter(pk__in=some).update(status=Status.EXCLUDED)
    compared = duplicates.sharing(sheet, _contacts_of(rows))
    compare(sheet, compared)
    return {row.number for row in rows} | {member.number for member in compared}


def compare(sheet: Sheet, members: Sequence[Member]) -> None:
    """Find anew what only several rows of one person show, for these rows."""
    ids = {member.pk for member in members if not member.is_taken}
    if not ids:
        return
    known = RowProblem.objects.filter(kind__in=kinds.across())
    for some in lookups.in_steps(sorted(ids)):
        known.filter(row__in=some).delete()
    groups = duplicates.groups_of(sheet, members)
    found: dict[tuple[int, str], Problem] = {}
    for check in checking.across(sheet) if groups else ():
        for row_id, problem in check(sheet, groups):
            if row_id in ids:
                found.setdefault((row_id, problem.kind), problem)
    storing.insert_problems(sheet, ((pk, each) for (pk, _kind), each in found.items()))
    settle(ids)


def settle(ids: Collection[int]) -> None:
    """Give rows the status that their stored problems make; used ones keep theirs."""
    problems = RowProblem.objects.filter(row=OuterRef("pk"))
    is_kept_back = Exists(problems.filter(is_error=True))
    for some in lookups.in_steps(sorted(ids)):
        rows = SheetRow.objects.filter(pk__in=some)
        rows.filter(status__in=[Status.READY, Status.PROBLEM]).update(
            status=Case(
                When(is_kept_back, then=Value(Status.PROBLEM)),
                default=Value(Status.READY),
            ),
            has_warning=Exists(problems.filter(is_error=False)),
        )


def _contacts_of(rows: Sequence[SheetRow]) -> dict[str, set[object]]:
    return {by: {getattr(row, by) for row in rows} for by in duplicates.BY}


def _save(rows: Sequence[SheetRow]) -> None:
    """Faster than bulk_update, whose statement has a case for every row and field."""
    SheetRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=_WRITTEN
    )
