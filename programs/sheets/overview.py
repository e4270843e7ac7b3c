"""A checked list at a glance: how many rows of each sort, and their problems."""

from dataclasses import dataclass

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import ngettext

from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import kinds, postal
from programs.sheets.fields import values_of
from programs.sheets.kinds import Repair

Status = SheetRow.Status


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by status; `all` is the sum of them, and `warning` a part of `ready`."""

    all: int
    ready: int
    problem: int
    warning: int
    excluded: int
    taken: int


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a group: what it says, and what the repair would make of it."""

    number: int
    value: str
    suggestion: str
    message: str


@dataclass(frozen=True, slots=True)
class Group:
    """All rows with one kind of problem, and the buttons for all of them at once.

    A label is empty where that is no choice. `count` are rows that are not left out,
    `excluded` those that are.
    """

    kind: str
    label: str
    is_error: bool
    count: int
    excluded: int
    repair_label: str
    accept_label: str
    example: Example

    @property
    def leaves_out(self) -> bool:
        """Whether the repair is to leave the rows out, so that no other button must."""
        return kinds.of(self.kind).repair is Repair.LEAVE_OUT


def counts(sheet: Sheet) -> Counts:
    """How many rows have which status; two queries by index."""
    rows = sheet.rows.order_by()
    found = dict(rows.values_list("status").annotate(Count("pk")))
    # By way of the problems: most lists have few of them, and all have many rows.
    warnings = sheet.problems.filter(is_error=False, row__status=Status.READY)
    return Counts(
        all=sum(found.values()),
        ready=found.get(Status.READY, 0),
        problem=found.get(Status.PROBLEM, 0),
        warning=warnings.values("row").distinct().count(),
        excluded=found.get(Status.EXCLUDED, 0),
        taken=found.get(Status.TAKEN, 0),
    )


def groups(sheet: Sheet) -> list[Group]:
    """The problems of rows not used yet by kind: errors first, then by size."""
    is_excluded = Q(row__status=Status.EXCLUDED)
    found = (
        _open(sheet)
        .values_list("kind", "is_error")
        .annotate(
            count=Count("row", distinct=True, filter=~is_excluded),
            excluded=Count("row", distinct=True, filter=is_excluded),
            first=Min("pk"),
        )
        .order_by("-is_error", "-count", "kind")
    )
    firsts = sheet.problems.select_related("row").in_bulk([one[-1] for one in found])
    return [
        _group(sheet, kind, is_error, count, excluded, firsts[first])
        for kind, is_error, count, excluded, first in found
    ]


def rows_of_kind(sheet: Sheet, kind: str) -> QuerySet[RowProblem, int]:
    """Ids of the rows with such a finding, to filter rows by."""
    return sheet.problems.filter(kind=kind).values_list("row_id", flat=True)


def sent_sentence(sheet: Sheet) -> str:
    """The difference to what was sent before: "412 already sent, 3 new"."""
    sent = _open(sheet).filter(kind="sent_before").count()
    if not sent:
        return ""
    new = counts(sheet).all - sent
    return ngettext(
        "%(sent)s already sent, %(new)s new.",
        "%(sent)s already sent, %(new)s new.",
        new,
    ) % {"sent": f"{sent:,}", "new": f"{new:,}"}


def _open(sheet: Sheet) -> QuerySet[RowProblem]:
    return sheet.problems.exclude(row__status=Status.TAKEN)


def _group(
    sheet: Sheet,
    kind: str,
    is_error: bool,
    count: int,
    excluded: int,
    first: RowProblem,
) -> Group:
    return Group(
        kind=kind,
        label=kinds.label(kind),
        is_error=is_error,
        count=count,
        excluded=excluded,
        repair_label=kinds.repair_label(kind, count) if count else "",
        accept_label=kinds.accept_label(kind, count) if count else "",
        example=Example(
            first.row.number,
            cell(sheet, first.row, first.field),
            first.suggestion,
            kinds.message(first),
        ),
    )


def cell(sheet: Sheet, row: SheetRow, field: str) -> str:
    """What a row says for one of our fields."""
    return shown_in(sheet, row).get(field, "")


def shown_in(sheet: Sheet, row: SheetRow) -> dict[str, str]:
    """What a row says for each of our fields: fix, else cell, else answer.

    Of a row by post also what was read for each part in its whole address.
    """
    values = values_of(row.cells, row.fixes, sheet.mapping, sheet.answers)
    if row.is_postal and postal.has_address(values):
        address = postal.address_of(values, sheet.program, row.name)
        return values | postal.parts_of(address)
    return values
