"""What a list no longer needs, taken away in steps that nobody has to wait for."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, models

from portal.outbox.messages import enqueue
from programs.models import Sheet, SheetRow

DISCARD_TOPIC: Final = "programs.discard_sheet"
# SQLite has one writer: pages get their turn between two steps.
_PAUSE_SECONDS: Final = 0.005
_CHUNKS: Final = 8
_ROWS: Final = 200
SECONDS: Final = 40.0
_turn = threading.Lock()


def ask(sheet: Sheet) -> None:
    """Have it done, within the verb after which it is not needed."""
    enqueue(DISCARD_TOPIC, sheet.pk, {"sheet": sheet.pk})


def discard(sheet_id: int) -> bool:
    """Take away for a while what this list keeps in vain; whether all of it is gone.

    The file, once it is read; everything of a list that was cancelled or refused, but
    for the rows that orders or the address book were made from.
    """
    sheet = Sheet.objects.get(pk=sheet_id)
    until = time.monotonic() + SECONDS
    for _step in _steps(sheet):
        if time.monotonic() > until:
            return False
        pause()
    return True


def is_used(sheet: Sheet) -> bool:
    """Whether anything was made from any row, whatever became of it."""
    return any(sheet.rows.filter(way).exists() for way in _ways_used())


def pause() -> None:
    """Let somebody else write, between two transactions of a long run."""
    if connection.vendor == "sqlite":
        time.sleep(_PAUSE_SECONDS)


@contextmanager
def turn() -> Iterator[None]:
    """A step of a run that several threads make side by side, and the pause after it.

    On SQLite one thread at a time: several in a row would leave pages no gap to write.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with _turn:
        yield
        pause()


def _steps(sheet: Sheet) -> Iterator[None]:
    if sheet.status == Sheet.Status.READING and not sheet.is_reopened:
        return
    yield from _by_steps(sheet.chunks.all(), _CHUNKS)
    if sheet.status in (Sheet.Status.CANCELLED, Sheet.Status.REFUSED):
        yield from _by_steps(sheet.blocks.all(), 1)
        yield from _by_steps(_unused(sheet), _ROWS)


def _unused(sheet: Sheet) -> models.QuerySet[SheetRow]:
    """Rows that nothing was made from."""
    rows = sheet.rows.all()
    for way in _ways_used():
        rows = rows.exclude(way)
    return rows


def _ways_used() -> Iterator[models.Q]:
    """A used row says so itself; a failed reward still says which was its own."""
    yield models.Q(status=SheetRow.Status.TAKEN)
    for relation in SheetRow._meta.related_objects:
        if relation.on_delete is models.PROTECT:
            yield models.Q(**{f"{relation.name}__isnull": False})


def _by_steps(rows: models.QuerySet[Any], most: int) -> Iterator[None]:
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:most]):
        rows.model._default_manager.filter(pk__in=ids).delete()
        yield
