"""Everything that is encrypted, brought under the newest key while it is in use.

A column holds ciphertext if its name ends in `_ciphertext`, and only then. Values are
swapped a few at a time, each only if it is still the one that was read, so a change by
somebody else is never overwritten. What was done stays done: a run that was stopped is
simply begun again.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from portal import crypto
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry

SUFFIX: Final = "_ciphertext"
# Few enough, and far enough apart, that pages do not wait: SQLite has one writer, and a
# small machine one processor to spare.
_AT_ONCE: Final = 200
_PAUSE_SECONDS: Final = 0.02
# A row that somebody holds is tried again; after some seconds it is left to a next run.
_TRIES: Final = 100
_HELD_SECONDS: Final = 0.05


class _Swap(NamedTuple):
    pk: int
    before: str
    after: str


@dataclass(slots=True)
class Tally:
    """How far one column is. Ids of rows alone, never what they hold."""

    model: type[Model]
    column: str
    total: int = 0
    read: int = 0
    renewed: int = 0
    # Of these no key opens the value; those were in use the whole time.
    unopened: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    @property
    def stayed(self) -> int:
        """How many values are not under the newest key."""
        return len(self.unopened) + len(self.held)


def tallies() -> list[Tally]:
    """Every column there is to rotate, nothing of it done."""
    return [
        Tally(model, each.name)
        for model in apps.get_models()
        if not model._meta.proxy
        for each in model._meta.local_concrete_fields
        if each.name.endswith(SUFFIX)
    ]


def rotate(tally: Tally) -> Iterator[Tally]:
    """Bring the column under the newest key; after each portion the same tally."""
    column = tally.column
    filled = tally.model._base_manager.exclude(**{column: ""}).order_by("pk")
    tally.total = filled.count()
    rows = filled.values_list("pk", column)
    portion = list(rows[:_AT_ONCE])
    while portion:
        tally.read += len(portion)
        _renew(tally, portion)
        yield tally
        time.sleep(_PAUSE_SECONDS)
        portion = list(rows.filter(pk__gt=portion[-1][0])[:_AT_ONCE])


@transaction.atomic(durable=True)
def finish(done: Sequence[Tally], *, actor: Actor) -> None:
    """Note in the journal what a run did, by column."""
    # Keys are no record of ours: the subject says how far the journal had come.
    before = Entry.objects.order_by("-sequence").first() or Entry(sequence=0)
    journal.record(
        Action.KEYS_ROTATED,
        before,
        actor=actor,
        data={
            "renewed": {tally.name: tally.renewed for tally in done},
            "stayed": {tally.name: tally.stayed for tally in done if tally.stayed},
        },
    )


def _renew(tally: Tally, portion: Sequence[tuple[int, str]]) -> None:
    """Swap what is not under the newest key, until all of the portion is."""
    swaps = _swaps(portion, tally.unopened)
    for _try in range(_TRIES):
        if not swaps:
            return
        tally.renewed += (swapped := _swap(tally, swaps))
        if swapped < len(swaps):
            time.sleep(_HELD_SECONDS)
        pks = [swap.pk for swap in swaps]
        rows = tally.model._base_manager.filter(pk__in=pks)
        now = rows.values_list("pk", tally.column)
        swaps = _swaps(list(now), tally.unopened)
    tally.held += [swap.pk for swap in swaps]


def _swaps(rows: Sequence[tuple[int, str]], unopened: list[int]) -> list[_Swap]:
    swaps = []
    for pk, before in rows:
        try:
            after = crypto.renewed(before)
        except crypto.Undecipherable:
            unopened.append(pk)
        else:
            if after is not None:
                swaps.append(_Swap(pk, before, after))
    return swaps


def _swap(tally: Tally, swaps: Sequence[_Swap]) -> int:
    """Write those nobody holds and nobody changed since; how many that were."""
    meta, quote = tally.model._meta, connection.ops.quote_name
    assert meta.pk is not None  # noqa: S101  (every table of ours has one)
    table, key = quote(meta.db_table), quote(str(meta.pk.column))
    column = quote(tally.column)
    sql = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        # Waiting for one row while holding others is how two runs would deadlock.
        rows = tally.model._base_manager.filter(pk__in=[swap.pk for swap in swaps])
        free = set(
            rows.select_for_update(skip_locked=True).values_list("pk", flat=True)
        )
        ours = [(after, pk, before) for pk, before, after in swaps if pk in free]
        if not ours:
            return 0
        cursor.executemany(sql, ours)
        return int(cursor.rowcount)
