"""Days on which nothing is shipped, besides weekends: one name a day."""

from datetime import date

from django.db import IntegrityError, transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import Holiday


class Taken(Exception):
    """This day is a holiday already."""

    def __init__(self, holiday: Holiday) -> None:
        super().__init__(f"{holiday.day} is taken")
        self.holiday = holiday


@transaction.atomic(durable=True)
def add(day: date, name: str, *, actor: Actor) -> Holiday:
    """A holiday on this day. Raises Taken."""
    try:
        with transaction.atomic():
            holiday = Holiday.objects.create(day=day, name=name)
    except IntegrityError:
        raise Taken(Holiday.objects.get(day=day)) from None
    journal.record(
        Action.HOLIDAY_ADDED, holiday, actor=actor, data={"day": day.isoformat()}
    )
    return holiday


@transaction.atomic(durable=True)
def remove(pk: int, *, actor: Actor) -> Holiday | None:
    """It is a day like others again; None where it was already."""
    holiday = Holiday.objects.select_for_update().filter(pk=pk).first()
    if holiday is None:
        return None
    Holiday.objects.filter(pk=pk).delete()
    journal.record(
        Action.HOLIDAY_REMOVED,
        holiday,
        actor=actor,
        data={"day": holiday.day.isoformat()},
    )
    return holiday
