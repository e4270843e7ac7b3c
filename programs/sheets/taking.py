"""Rows that are used: taken by an order or the address book, and given back."""

from collections.abc import Collection, Sequence
from typing import Final

from programs.models import Program, RowProblem, Sheet, SheetRow
from programs.sheets import difference, kinds, rechecking, storing
from programs.sheets.lines import Problem

Status = SheetRow.Status

# The kind of problem a row has that came back with a reason.
CAME_BACK: Final = "came_back"


def ready_rows(
    sheet: Sheet, after: int, limit: int, *, is_postal: bool | None = None
) -> list[SheetRow]:
    """The next rows that may be used, by number, behind the row numbered `after`.

    `is_postal` leaves those that go by post, or those that do not.
    Within the caller's verb: a row whose reward was sent from another list since it
    was checked becomes a problem row instead.
    """
    ready = sheet.rows.filter(status=Status.READY, number__gt=after).order_by("number")
    if is_postal is not None:
        ready = ready.filter(is_postal=is_postal)
    if sheet.purpose == Sheet.Purpose.REWARDS:
        # Two lists with the same rewards are used one after the other.
        Program.objects.select_for_update().only("pk").get(pk=sheet.program_id)
    while rows := list(ready[:limit]):
        if not (sent := _sent_meanwhile(sheet, rows)):
            return rows
        storing.insert_problems(sheet, sent)
        rechecking.settle([pk for pk, _problem in sent])
    return []


def take(ids: Collection[int]) -> None:
    """These rows are used now, within the caller's verb."""
    SheetRow.objects.filter(pk__in=ids, status=Status.READY).update(status=Status.TAKEN)


def give_back(ids: Collection[int], problem: str = "") -> None:
    """These rows are free again, within the caller's verb; ready, or with a problem."""
    rows = SheetRow.objects.filter(pk__in=ids, status=Status.TAKEN)
    if not problem:
        rows.update(status=Status.READY)
        return
    found = list(rows.values_list("pk", "sheet_id"))
    RowProblem.objects.bulk_create(
        RowProblem(
            sheet_id=sheet_id,
            row_id=pk,
            kind=CAME_BACK,
            field="",
            params={"reason": problem},
        )
        for pk, sheet_id in found
    )
    rows.filter(pk__in=[pk for pk, _sheet in found]).update(status=Status.PROBLEM)


def _sent_meanwhile(
    sheet: Sheet, rows: Sequence[SheetRow]
) -> list[tuple[int, Problem]]:
    open_to_doubt = [
        row
        for row in rows
        if row.fingerprint and not kinds.is_accepted("sent_before", row.fixes)
    ]
    sent = difference.sent(sheet, [row.fingerprint for row in open_to_doubt])
    return [
        (row.pk, difference.problem(row, sent[row.fingerprint]))
        for row in open_to_doubt
        if row.fingerprint in sent
    ]
