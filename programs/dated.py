"""Rules of law with a date: rows that are added and never edited.

What holds on a day is the row with the latest first day; of several from the same day
the last one that was entered, so that a slip is put right by another row.
"""

from datetime import date
from typing import Final

from django.db import transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import DatedSetting

# Of the states whose law it is.
CURRENCY: Final = "USD"


class AlreadyThere(Exception):
    """This very row is what holds from that day on."""


def in_force(name: str, day: date) -> DatedSetting | None:
    """What holds on this day, if anything was entered for it."""
    rows = DatedSetting.objects.filter(name=name, valid_from__lte=day)
    return rows.order_by("-valid_from", "-id").first()


def newest_first() -> list[DatedSetting]:
    """Every row of every rule: those that will hold, hold and held."""
    rows = DatedSetting.objects.select_related("created_by")
    return list(rows.order_by("-valid_from", "-id"))


@transaction.atomic(durable=True)
def add(
    name: str, value: int, valid_from: date, source: str, *, actor: Actor
) -> DatedSetting:
    """A value from this day on, with where it stands. Raises AlreadyThere."""
    known = DatedSetting.objects.filter(name=name, valid_from=valid_from)
    last = known.order_by("-id").first()
    if last is not None and (last.value, last.source) == (value, source):
        raise AlreadyThere
    added = DatedSetting.objects.create(
        name=name,
        value=value,
        valid_from=valid_from,
        source=source,
        created_by_id=actor.person_id,
    )
    journal.record(
        Action.DATED_SETTING_ADDED,
        added,
        actor=actor,
        data={"name": name, "value": value, "from": valid_from.isoformat()},
    )
    return added
