"""Checked lines on their way into the database."""

import json
from collections.abc import Iterable, Sequence
from typing import Final

from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets.lines import Line, Problem
from programs.sheets.loading import load, next_ids

_ROW: Final = (
    "id",
    "sheet_id",
    "number",
    "cells",
    "fixes",
    "status",
    "has_warning",
    "name",
    "email",
    "phone",
    "recipient_id",
    "product_id",
    "value_minor",
    "quantity",
    "is_postal",
    "resident",
    "fingerprint",
)
_PROBLEM: Final = (
    "sheet_id",
    "row_id",
    "kind",
    "field",
    "is_error",
    "params",
    "suggestion",
)
# What a check writes of a row; cells and fixes are people's.
CHECKED: Final = (
    "status",
    "has_warning",
    "name",
    "email",
    "phone",
    "recipient_id",
    "product_id",
    "value_minor",
    "quantity",
    "is_postal",
    "resident",
    "fingerprint",
)
_MOST_SUGGESTED: Final = 400
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def insert(sheet: Sheet, lines: Sequence[Line]) -> int:
    """Store lines that were not stored yet; how many of them are kept back."""
    ids = next_ids(SheetRow, len(lines))
    stored = list(zip(ids, lines, strict=True))
    load(SheetRow, _ROW, (_row(sheet.pk, pk, line) for pk, line in stored))
    found = [(pk, each) for pk, line in stored for each in line.problems]
    insert_problems(sheet, found)
    return sum(1 for line in lines if line.problems and not line.is_ready)


def insert_problems(sheet: Sheet, found: Iterable[tuple[int, Problem]]) -> None:
    """Store findings by the id of their row."""
    rows = [
        (
            sheet.pk,
            row_id,
            problem.kind,
            str(problem.field),
            problem.is_error,
            _json(dict(problem.params)),
            problem.suggestion[:_MOST_SUGGESTED],
        )
        for row_id, problem in found
    ]
    if rows:
        load(RowProblem, _PROBLEM, rows)


def apply(line: Line, row: SheetRow) -> None:
    """Write what the check made of the line into its row, without saving it."""
    if row.status != SheetRow.Status.EXCLUDED:
        row.status = _status(line)
    row.has_warning = _warns(line)
    row.name, row.email, row.phone = line.name, line.email, line.phone
    row.recipient_id = line.recipient.pk if line.recipient else None
    row.product_id, row.value_minor = line.product_id, line.value_minor
    row.quantity, row.fingerprint = line.quantity, line.fingerprint
    row.is_postal, row.resident = line.is_postal, line.resident


def _row(sheet_id: int, pk: int, line: Line) -> tuple[object, ...]:
    return (
        pk,
        sheet_id,
        line.number,
        _json(line.cells),
        _json(line.fixes) if line.fixes else "{}",
        _status(line) if line.problems else "ready",
        _warns(line) if line.problems else False,
        line.name,
        line.email,
        line.phone,
        line.recipient.pk if line.recipient else None,
        line.product_id,
        line.value_minor,
        line.quantity,
        line.is_postal,
        line.resident,
        line.fingerprint,
    )


def _status(line: Line) -> SheetRow.Status:
    return SheetRow.Status.READY if line.is_ready else SheetRow.Status.PROBLEM


def _warns(line: Line) -> bool:
    return any(not problem.is_error for problem in line.problems)
