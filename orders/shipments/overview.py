"""Parcels in words: a line of the list each, and how many there are of which status."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Shipment
from orders.models.shipment import ShipmentQuerySet
from orders.parcel_states import AT_RISK, LATE, ON_THE_WAY, ShipmentStatus
from orders.shipments import finding
from orders.states import State
from programs import arrival, sentences
from programs.addresses import countries
from programs.arrival import Window

# Of these there are few, as they go on by themselves or need somebody.
_COUNTED: Final = (*ON_THE_WAY, ShipmentStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class Line:
    """A parcel as its list shows it."""

    parcel: Shipment
    place: str
    arrives: str
    flags: Sequence[State]


def lines(parcels: Sequence[Shipment]) -> list[Line]:
    """With each parcel what its line says; no query for parcels with their method."""
    today = arrival.local_day(timezone.now())
    return [
        Line(parcel, place_of(parcel), arrives(parcel), flags(parcel, today))
        for parcel in parcels
    ]


def place_of(parcel: Shipment) -> str:
    """City and country; that nobody knows where there is no address."""
    if not parcel.has_address:
        return _("No address yet")
    country = countries.name_of(parcel.country)
    return f"{parcel.city}, {country}" if parcel.city else country


def arrives(parcel: Shipment) -> str:
    """The days it is expected on. Say "estimate" beside it; empty for none."""
    if parcel.arrives_from is None or parcel.arrives_by is None:
        return ""
    window = Window(parcel.arrives_from, parcel.arrives_by, timezone.now())
    return sentences.arrival(window)


def flags(parcel: Shipment, today: date) -> list[State]:
    """What there is to look after."""
    found = [LATE] if parcel.is_late(today) else []
    if parcel.needed_by is None or parcel.status not in ON_THE_WAY:
        return found
    expected = parcel.arrives_by or today
    if max(expected, today) > parcel.needed_by:
        found.append(AT_RISK)
    return found


def counts(parcels: ShipmentQuerySet) -> Mapping[str, int]:
    """How many there are on their way, returned, and late; two queries."""
    counted = parcels.filter(status__in=_COUNTED).order_by()
    by_status = counted.values_list("status").annotate(Count("pk"))
    late = parcels.late(arrival.local_day(timezone.now()))
    return {**dict(by_status), finding.LATE: late.count()}
