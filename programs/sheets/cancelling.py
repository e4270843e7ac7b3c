"""Giving a list up."""

from django.db import transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import Sheet
from programs.sheets import discarding
from programs.sheets.locking import Stale, lock

Status = Sheet.Status


@transaction.atomic(durable=True)
def cancel(sheet: Sheet, *, version: int, actor: Actor) -> Sheet:
    """Nothing more comes of this list; what was used of it stays in its orders.

    Cancelling again changes nothing. Raises locking.Stale, or locking.WrongStatus
    while its rows are being used and for a list that could not be read.
    """
    allowed = set(Status) - {Status.FILLING, Status.REFUSED}
    locked = lock(sheet, *allowed)
    if locked.status == Status.CANCELLED:
        return locked
    if locked.version != version:
        raise Stale
    before = locked.status
    locked.status = Status.CANCELLED
    locked.version += 1
    locked.save(update_fields=["status", "version"])
    discarding.ask(locked)
    journal.record(
        Action.SHEET_CANCELLED,
        locked,
        actor=actor,
        program_id=locked.program_id,
        data={"status": before, "rows": locked.rows_total},
    )
    return locked
