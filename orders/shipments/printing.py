"""Parcels on paper: packing slips and addresses, noted before they are printed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from django.db import transaction

from orders.claims.handing import digest_of
from orders.models import Shipment
from orders.models.shipment import ShipmentQuerySet
from orders.parcel_states import ShipmentStatus
from orders.postal import address_of
from orders.shipments import label_sizes
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.addresses.printing import label_lines

# More pages than this are laid out slowly by browsers, and jam printers.
MOST: Final = 500
# So many lines of a message fit on a slip below the longest address.
_MOST_LINES: Final = 12
_NOT_POSTED: Final = (ShipmentStatus.PLANNED, ShipmentStatus.STOPPED)


class Kind(StrEnum):
    """What is printed of each parcel, as the journal says it."""

    SLIPS = "packing slips"
    LABELS = "address labels"
    TABLE = "address list"


class NothingToPrint(Exception):
    """None of these parcels is ordered and has an address."""


class TooMany(Exception):
    """They are more than are printed at once."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A parcel with the lines of its label and of its message."""

    parcel: Shipment
    lines: list[str] = field(repr=False)
    message: list[str] = field(repr=False)

    @property
    def is_dense(self) -> bool:
        """Whether its packing slip is one page in small letters alone."""
        reward = self.parcel.reward
        # The number stands in half of the width.
        number = reward.order.po_number * 2
        named = (number, reward.product.name, reward.to_name, reward.from_name)
        return label_sizes.is_dense([*self.lines, *self.message, *named])


def printable(parcels: ShipmentQuerySet) -> ShipmentQuerySet:
    """Those that have an address and are ordered, or were."""
    return parcels.exclude(status__in=_NOT_POSTED).exclude(line1="")


@transaction.atomic(durable=True)
def take_out(parcels: ShipmentQuerySet, *, kind: Kind, actor: Actor) -> list[Printed]:
    """What is printed of these parcels, in the order of their numbers.

    Names and addresses leave the portal by that: the journal has an entry for each of
    their programs, with how many and a digest of which.

    Raises NothingToPrint, TooMany.
    """
    wanted = printable(parcels).select_related(
        "program", "reward__order", "reward__product"
    )
    found = list(wanted.order_by("reward_id")[: MOST + 1])
    if not found:
        raise NothingToPrint
    if len(found) > MOST:
        raise TooMany
    by_program: dict[int, list[Shipment]] = defaultdict(list)
    for parcel in found:
        by_program[parcel.program_id].append(parcel)
    for own in by_program.values():
        ids = sorted(parcel.pk for parcel in own)
        journal.record(
            Action.SHIPMENTS_PRINTED,
            own[0].program,
            actor=actor,
            program_id=own[0].program_id,
            data={"kind": kind, "count": len(ids), "shipments": digest_of(ids)},
        )
    return _printed(found)


def _printed(parcels: Iterable[Shipment]) -> list[Printed]:
    found = []
    for parcel in parcels:
        if (address := address_of(parcel)) is not None:
            # Whoever posts it, from wherever: with its country.
            lines = label_lines(address, home="")
            found.append(Printed(parcel, lines, _message_lines(parcel.reward.message)))
    return found


def _message_lines(message: str) -> list[str]:
    """Its lines as they were typed, or as one where they would fill the page."""
    lines = [text for line in message.splitlines() if (text := line.strip())]
    return lines if len(lines) <= _MOST_LINES else [" ".join(lines)]
