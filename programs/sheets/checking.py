"""Checking a list: block by block as it is read, then across its rows, and again
whatever people change.

Apps register the checks of what they send; those about people stand here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import F

from portal.outbox.messages import enqueue
from programs.models import Sheet, SheetBlock, SheetRow
from programs.sheets import (
    consent_checks,
    difference,
    discarding,
    duplicates,
    kinds,
    offer_kinds,
    offers,
    people_checks,
    people_kinds,
    postal_checks,
    postal_kinds,
    storing,
)
from programs.sheets.duplicates import Across
from programs.sheets.fields import values_of
from programs.sheets.lines import Check, Line
from programs.sheets.loading import step

FINISH_TOPIC: Final = "programs.finish_sheet"

for known in (people_kinds, offer_kinds, postal_kinds):
    known.register()

_FIRST: Final[Sequence[Check]] = (
    offers.find_ways,
    people_checks.find_contacts,
    people_checks.find_names,
    people_checks.find_rest,
    people_checks.find_recipients,
    postal_checks.find_addresses,
    postal_checks.find_parcels,
    consent_checks.find_consent,
)
# What was sent before can be told once the product and value are known.
_LAST: Final[Sequence[Check]] = (difference.find_sent,)

_checks: dict[str, list[Check]] = defaultdict(list)
_across: dict[str, list[Across]] = defaultdict(list)


def register(purpose: str, *checks: Check) -> None:
    """Add checks to lists of this purpose; they see contacts and people already.

    A check adds to `line.problems`; what the person accepted is taken out afterwards.
    """
    _checks[purpose] += checks


def register_across(purpose: str, *checks: Across) -> None:
    """Add checks over the rows of one person; their kinds are `is_across`."""
    _across[purpose] += checks


def across(sheet: Sheet) -> Sequence[Across]:
    """The checks over rows of one person in this list."""
    return (duplicates.find_duplicates, *_across[sheet.purpose])


def run(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Every check of the list's purpose over these lines."""
    for check in (*_FIRST, *_checks[sheet.purpose], *_LAST):
        check(sheet, lines)
    for line in lines:
        if line.fixes and line.problems:
            line.problems = [
                problem
                for problem in line.problems
                if not kinds.is_accepted(problem.kind, line.fixes)
            ]


def unread(sheet: Sheet, rows: Iterable[tuple[int, Sequence[str]]]) -> list[Line]:
    """Rows of the file, before any check."""
    mapping, answers = sheet.mapping, sheet.answers
    return [
        Line(number, cells, values_of(cells, {}, mapping, answers))
        for number, cells in rows
    ]


def lines_of(sheet: Sheet, rows: Iterable[SheetRow]) -> list[Line]:
    """Stored rows with what each field says and what the last check made of them.

    Without their recipients, whom a verb finds anew.
    """
    return [
        Line(
            row.number,
            row.cells,
            values_of(row.cells, row.fixes, sheet.mapping, sheet.answers),
            row.fixes,
            name=row.name,
            email=row.email,
            phone=row.phone,
            product_id=row.product_id,
            value_minor=row.value_minor,
            quantity=row.quantity,
            is_postal=row.is_postal,
            resident=row.resident,
            fingerprint=row.fingerprint,
        )
        for row in rows
    ]


def check_block(block_id: int) -> None:
    """Make rows of a block of the file, with their problems; the last one ends in more.

    On SQLite in steps, so that pages can write in between. Safe to repeat: rows that
    are there are skipped, and of two runs at once the slower stops.
    """
    blocks = SheetBlock.objects.select_related("sheet__program")
    block = blocks.filter(pk=block_id, sheet__status=Sheet.Status.CHECKING).first()
    if block is None:
        return
    sheet, rows = block.sheet, _not_stored(block)
    size = step()
    for start in range(0, len(rows) or 1, size):
        with discarding.turn():
            lines = unread(sheet, rows[start : start + size])
            run(sheet, lines)
            if not _store(block, lines, is_last=start + size >= len(rows)):
                return


def _not_stored(block: SheetBlock) -> list[tuple[int, Sequence[str]]]:
    numbers = [number for number, _cells in block.rows]
    within = block.sheet.rows.filter(number__range=(min(numbers), max(numbers)))
    stored = set(within.values_list("number", flat=True))
    return [(n, cells) for n, cells in block.rows if n not in stored]


@transaction.atomic(durable=True)
def _store(block: SheetBlock, lines: Sequence[Line], *, is_last: bool) -> bool:
    """One step; whether the block was still there and the list still wants it."""
    sheet = block.sheet
    ours = SheetBlock.objects.select_for_update().filter(pk=block.pk)
    if not ours.values_list("pk").first():
        return False
    kept_back = storing.insert(sheet, lines)
    if is_last:
        ours.delete()
    # The list's own row is locked last and briefly: other blocks are checked beside.
    wanted = Sheet.objects.filter(pk=sheet.pk, status=Sheet.Status.CHECKING).update(
        rows_checked=F("rows_checked") + len(lines),
        problems_found=F("problems_found") + kept_back,
    )
    if not wanted:
        transaction.set_rollback(True)
        return False
    if is_last and not sheet.blocks.exists():
        enqueue(FINISH_TOPIC, sheet.pk, {"sheet": sheet.pk})
    return True
