"""The end of checking: what only the whole list shows, and the entry that says so."""

import hashlib
from typing import Final

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from portal.actors import WORKER
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import duplicates, rechecking
from programs.sheets.discarding import pause
from programs.sheets.loading import step, tell_planner

Status = Sheet.Status
# Rows that are read in no time however they are looked for.
_FEW: Final = 1000
# Facts of a row that its part of the digest covers.
_DIGESTED: Final = ("number", "status", "name", "email", "phone", "product_id")
_REWARD: Final = ("value_minor", "quantity", "is_postal", "resident")


def finish(sheet_id: int) -> None:
    """Compare the rows of a list whose blocks are all checked, and call it checked.

    Safe to repeat: comparing again finds the same.
    """
    sheet = Sheet.objects.select_related("program").get(pk=sheet_id)
    if not _is_due(sheet):
        return
    if sheet.rows_checked > _FEW:
        tell_planner(SheetRow, RowProblem)
    for by in duplicates.by(sheet):
        for members in duplicates.shared_by(sheet, by, step() // 4):
            with transaction.atomic(durable=True):
                rechecking.compare(sheet, members)
            pause()
    _finish(sheet, digest_of(sheet))


def digest_of(sheet: Sheet) -> str:
    """SHA-256 over what was read in every row, in their order."""
    digest = hashlib.sha256(sheet.digest.encode())
    rows = sheet.rows.order_by("number").values_list(*_DIGESTED, *_REWARD)
    for row in rows.iterator(chunk_size=step()):
        digest.update(repr(row).encode())
    return digest.hexdigest()


@transaction.atomic(durable=True)
def _finish(sheet: Sheet, digest: str) -> None:
    locked = Sheet.objects.select_for_update().get(pk=sheet.pk)
    # Somebody may have changed its columns since: then this looked at other rows.
    if not _is_due(locked) or locked.version != sheet.version:
        return
    counted = locked.rows.order_by().values_list("status").annotate(Count("pk"))
    counts = dict(counted)
    locked.status = Status.CHECKED
    locked.checked_at = timezone.now()
    locked.problems_found = counts.get(SheetRow.Status.PROBLEM, 0)
    locked.version += 1
    locked.save(update_fields=["status", "checked_at", "problems_found", "version"])
    journal.record(
        Action.SHEET_CHECKED,
        locked,
        actor=WORKER,
        program_id=locked.program_id,
        data={
            "rows": locked.rows_checked,
            "ready": counts.get(SheetRow.Status.READY, 0),
            "problem": counts.get(SheetRow.Status.PROBLEM, 0),
            "digest": digest,
        },
    )


def _is_due(sheet: Sheet) -> bool:
    # A long repair of a list that was checked before says that it is checking, too. A
    # message that comes late, after the columns were changed, finds blocks again.
    is_first = sheet.status == Status.CHECKING and sheet.checked_at is None
    return is_first and not sheet.blocks.exists()
