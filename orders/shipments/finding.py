"""Which parcels are meant, by words, status, or what there is to look after."""

import re
from datetime import date
from typing import Final

from django.db.models import F, Q

from orders.models.shipment import ShipmentQuerySet
from orders.parcel_states import ON_THE_WAY, ShipmentStatus
from portal.web.numbers import whole_number

LATE: Final = "late"
_MOST_WORDS: Final = 10
_NUMBER: Final = re.compile(r"s-?(\d+)", re.ASCII)
_FEWEST_DIGITS: Final = 4


def by_status(parcels: ShipmentQuerySet, status: str, today: date) -> ShipmentQuerySet:
    """Those with a status, those that are late, or with "" all that were ordered."""
    if status == LATE:
        return parcels.late(today)
    if status:
        return parcels.filter(status=status)
    return parcels.exclude(status=ShipmentStatus.PLANNED)


def at_risk(parcels: ShipmentQuerySet, today: date) -> ShipmentQuerySet:
    """On their way, and expected after the day they are needed by, or past that day."""
    misses = Q(arrives_by__gt=F("needed_by")) | Q(needed_by__lt=today)
    waits = [status.value for status in ON_THE_WAY]
    return parcels.filter(misses, status__in=waits, needed_by__isnull=False)


def matching(text: str, parcels: ShipmentQuerySet) -> ShipmentQuerySet:
    """Those with each of these words: our number, PONumber, name or tracking number."""
    for word in text.split()[:_MOST_WORDS]:
        parcels = parcels.filter(_meant_by(word))
    return parcels


def reward_of(number: str) -> int | None:
    """The id in a parcel's number, such as S-4711; None for any other text."""
    found = _NUMBER.fullmatch(number.strip().casefold())
    return whole_number(found[1]) if found else None


def _meant_by(word: str) -> Q:
    reward_id = reward_of(word)
    if reward_id is not None:
        # Only that one: no name and no number of a company reads so.
        return Q(reward=reward_id)
    found = Q(name__icontains=word) | Q(tracking_number__icontains=word)
    found |= Q(reward__order__po_number__icontains=word)
    # Folds letters beyond ASCII too, which SQLite does not by itself.
    found |= Q(reward__recipient__search_text__contains=word.lower())
    number = whole_number(word)
    if number is not None and len(word) >= _FEWEST_DIGITS:
        found |= Q(reward=number)
    return found
