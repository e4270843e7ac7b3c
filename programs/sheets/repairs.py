"""One act on every row of a kind: repair it, let it pass, leave it out, take it in.

Up to `MOST_AT_ONCE` rows within the verb; more by the worker, in steps that each
commit, while the list says that it is being checked.
"""

import time
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import fixing, kinds, rechecking
from programs.sheets.discarding import pause
from programs.sheets.kinds import Repair
from programs.sheets.loading import step
from programs.sheets.locking import lock

REPAIR_TOPIC: Final = "programs.repair_rows"
MOST_AT_ONCE: Final = 2000
_SECONDS: Final = 40.0
Status = SheetRow.Status


class Act(StrEnum):
    REPAIR = "repair"
    ACCEPT = "accept"
    EXCLUDE = "exclude"
    INCLUDE = "include"


_ACTIONS: Final = {
    Act.REPAIR: Action.SHEET_REPAIRED,
    Act.ACCEPT: Action.SHEET_REPAIRED,
    Act.EXCLUDE: Action.SHEET_ROWS_EXCLUDED,
    Act.INCLUDE: Action.SHEET_ROWS_INCLUDED,
}


class NothingToDo(Exception):
    """No row has such a problem, or nothing safe can be done; the text says so."""

    def __init__(self) -> None:
        super().__init__(_("No row is left to change. Look at the list as it is now."))


def apply(sheet: Sheet, kind: str, *, actor: Actor, choice: str = "") -> int:
    """Repair all rows of a kind, or with the choice "accept" let them pass.

    Returns how many rows that is. Raises NothingToDo, or locking.WrongStatus.
    """
    act = Act.ACCEPT if choice == Act.ACCEPT else Act.REPAIR
    if act is Act.REPAIR and kinds.of(kind).repair is Repair.LEAVE_OUT:
        act = Act.EXCLUDE
    return _begin(sheet, kind, act, actor)


def exclude_kind(sheet: Sheet, kind: str, actor: Actor) -> int:
    """Leave out all rows of a kind; how many. Raises as `apply` does."""
    return _begin(sheet, kind, Act.EXCLUDE, actor)


def include_kind(sheet: Sheet, kind: str, actor: Actor) -> int:
    """Take in all rows of a kind that were left out; how many. Raises alike."""
    return _begin(sheet, kind, Act.INCLUDE, actor)


@transaction.atomic(durable=True)
def _begin(sheet: Sheet, kind: str, act: Act, actor: Actor) -> int:
    locked = lock(sheet, Sheet.Status.CHECKED)
    count = _meant(locked, kind, act).values("row").distinct().count()
    if not count:
        raise NothingToDo
    if count <= MOST_AT_ONCE:
        _change(locked, kind, act, after=0, most=count)
        fixing.bump(locked)
    else:
        locked.status = Sheet.Status.CHECKING
        locked.rows_checked = locked.rows_total - count
        locked.version += 1
        locked.save(update_fields=["status", "rows_checked", "version"])
        _go_on({"sheet": locked.pk, "kind": kind, "act": str(act), "after": 0})
    journal.record(
        _ACTIONS[act],
        locked,
        actor=actor,
        program_id=locked.program_id,
        data={"kind": kind, "act": str(act), "rows": count},
    )
    return count


def go_on(payload: Mapping[str, Any]) -> None:
    """What an act on many rows still has to do.

    Each step keeps how far it came, so a run after a crash does nothing twice.
    """
    until = time.monotonic() + _SECONDS
    place: Mapping[str, Any] | None = payload
    while place is not None and time.monotonic() < until:
        place = _step(place)
        pause()


def given_up(payload: Mapping[str, Any], _reason: str) -> None:
    """A person gave up the rest of it, in the transaction around this."""
    locked = lock(Sheet(pk=payload["sheet"]))
    if locked.status == Sheet.Status.CHECKING:
        _end(locked)


@transaction.atomic(durable=True)
def _step(place: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The next rows; where to go on from, or None at the end."""
    sheet = lock(Sheet(pk=place["sheet"]))
    # A list that is checked for the first time, or with other columns, is not ours.
    if sheet.status != Sheet.Status.CHECKING or sheet.checked_at is None:
        return None
    act = Act(place["act"])
    last, count = _change(sheet, place["kind"], act, after=place["after"], most=step())
    if not count:
        _end(sheet)
        return None
    done = min(sheet.rows_checked + count, sheet.rows_total)
    Sheet.objects.filter(pk=sheet.pk).update(rows_checked=done)
    return _go_on({**place, "after": last})


def _go_on(place: Mapping[str, Any]) -> Mapping[str, Any]:
    enqueue(REPAIR_TOPIC, place["sheet"], place)
    return place


def _end(sheet: Sheet) -> None:
    sheet.status = Sheet.Status.CHECKED
    sheet.rows_checked = sheet.rows_total
    sheet.save(update_fields=["status", "rows_checked"])
    fixing.bump(sheet)


def _change(
    sheet: Sheet, kind: str, act: Act, *, after: int, most: int
) -> tuple[int, int]:
    """Act on the next rows; the id of the last one, and how many they were."""
    meant = _meant(sheet, kind, act).filter(row__gt=after)
    next_rows = meant.order_by("row").values_list("row", flat=True).distinct()[:most]
    # A row may have such a finding in more than one field.
    found: dict[int, list[RowProblem]] = {}
    for problem in meant.filter(row__in=list(next_rows)).order_by("pk"):
        found.setdefault(problem.row_id, []).append(problem)
    rows = list(sheet.rows.select_for_update().filter(pk__in=found).order_by("pk"))
    if not rows:
        return after, 0
    if act is Act.EXCLUDE:
        rechecking.leave_out(sheet, rows)
        return rows[-1].pk, len(rows)
    for row in rows:
        if act is Act.INCLUDE:
            row.status = Status.READY
        for problem in found[row.pk]:
            if act is Act.ACCEPT:
                fixing.set_accepted(row, kind, problem.field)
            elif act is Act.REPAIR:
                fixing.set_value(sheet, row, problem.field, problem.suggestion)
    rechecking.recheck(sheet, rows)
    return rows[-1].pk, len(rows)


def _meant(sheet: Sheet, kind: str, act: Act) -> QuerySet[RowProblem]:
    """The findings of this kind that the act is for."""
    status = Status.EXCLUDED if act is Act.INCLUDE else Status.PROBLEM
    found = sheet.problems.filter(kind=kind)
    if act is Act.EXCLUDE:
        return found.filter(row__status__in=[Status.PROBLEM, Status.READY])
    found = found.filter(row__status=status)
    known = kinds.of(kind)
    if act is Act.ACCEPT:
        return found if known.accept_label else found.none()
    if act is Act.REPAIR and known.repair is Repair.SUGGESTION:
        return found.exclude(suggestion="")
    if act is Act.REPAIR and known.repair is not Repair.CLEAR:
        return found.none()
    return found
