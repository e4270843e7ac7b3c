"""Changing what the columns of a checked list mean: its rows become blocks again, as
they came, and wait for a person like those of a list that was just read.

Each step moves some rows in a transaction of its own, so a worker that was killed is
followed by one that goes on with what is left.
"""

import time
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs.models import Sheet, SheetBlock, SheetRow
from programs.sheets import discarding
from programs.sheets.loading import step
from programs.sheets.locking import lock

REOPEN_TOPIC: Final = "programs.reopen_sheet"
Status = Sheet.Status


class Used(Exception):
    """Something was made from the list as it was read; the text says so."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Rows of this list were used already. Take its order back to the list, "
                "or upload the file again as a new list."
            )
        )


@dataclass(frozen=True, slots=True)
class Lost:
    """Rows in which something was corrected or accepted, and rows that are left out."""

    corrected: int
    excluded: int


def lost(sheet: Sheet) -> Lost:
    """What people did to the rows, and would have to do again. Raises Used."""
    if discarding.is_used(sheet):
        raise Used
    return Lost(
        corrected=sheet.rows.exclude(fixes={}).count(),
        excluded=sheet.rows.filter(status=SheetRow.Status.EXCLUDED).count(),
    )


@transaction.atomic(durable=True)
def reopen(sheet: Sheet, *, version: int, actor: Actor) -> Sheet:
    """Ask a person anew what the columns mean, beginning with what they mean now.

    Rows are again as they came, those of a long list by the worker. Raises
    locking.Stale, locking.WrongStatus unless the list is checked, and Used.
    """
    locked = lock(sheet, Status.CHECKED, version=version)
    dropped = lost(locked)
    rows, locked.rows_total = locked.rows_total, 0
    locked.rows_checked = locked.problems_found = 0
    locked.status = Status.READING
    locked.version += 1
    locked.save()
    if not _move(locked):
        enqueue(REOPEN_TOPIC, locked.pk, {"sheet": locked.pk})
    journal.record(
        Action.SHEET_REOPENED,
        locked,
        actor=actor,
        program_id=locked.program_id,
        data={
            "rows": rows,
            "corrected": dropped.corrected,
            "excluded": dropped.excluded,
            "digest": locked.digest,
        },
    )
    return locked


def go_on(sheet_id: int) -> bool:
    """Move rows for a while; whether none is left. Safe to repeat at any moment."""
    until = time.monotonic() + discarding.SECONDS
    while not _step(sheet_id):
        if time.monotonic() > until:
            return False
        discarding.pause()
    return True


@transaction.atomic(durable=True)
def _step(sheet_id: int) -> bool:
    sheet = lock(Sheet(pk=sheet_id))
    # Cancelled meanwhile, or done by somebody else.
    is_over = sheet.status != Status.READING or not sheet.is_reopened
    return is_over or _move(sheet)


def _move(sheet: Sheet) -> bool:
    """Make a block of the next rows; whether they were the last."""
    ordered = sheet.rows.order_by("number").values_list("pk", "number", "cells")
    rows = list(ordered[: step()])
    if rows:
        SheetBlock.objects.create(
            sheet=sheet,
            # Numbers of blocks only have to differ, and to rise.
            number=rows[0][1],
            rows=[(number, cells) for _pk, number, cells in rows],
        )
        SheetRow.objects.filter(pk__in=[pk for pk, *_row in rows]).delete()
    sheet.rows_total += len(rows)
    is_last = len(rows) < step()
    if is_last:
        sheet.status = Status.MAPPING
    sheet.save(update_fields=["rows_total", "status"])
    return is_last
