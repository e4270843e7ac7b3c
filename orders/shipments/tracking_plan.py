"""What a file of tracking numbers would change, before it changes anything."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Shipment
from orders.models.shipment import ShipmentQuerySet
from orders.shipments import facts as parcel_facts
from orders.shipments import finding
from orders.shipments.facts import Change, Facts, Refused
from orders.shipments.tracking_files import LABELS, Column, Line, Listing
from programs import arrival
from programs.sheets.days import day_of

_DAYS: Final = (Column.SHIPPED_ON, Column.DELIVERED_ON, Column.RETURNED_ON)
# What a spreadsheet makes of many digits; the last of them are lost.
_SHORTENED: Final = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)
_WHICH: Final = (Column.PARCEL, Column.ORDER)


@dataclass(frozen=True, slots=True)
class Step:
    """What one line says of its parcel, and what is other than before."""

    line: int
    parcel: Shipment
    facts: Facts
    change: Change


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line is left out, and what to do about it."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`digest` tells one plan from another, for the button below it."""

    steps: Sequence[Step]
    problems: Sequence[LineProblem]
    unchanged: int
    digest: str


class _Left(Exception):
    """This line is left out, for the reason."""


@dataclass(slots=True)
class _Known:
    """The parcels the lines may mean, by our number and by their order's."""

    by_reward: Mapping[int, Shipment]
    by_order: Mapping[str, Shipment]
    # Orders of several parcels, with how many.
    crowded: Mapping[str, int]
    seen: dict[int, int] = field(default_factory=dict)


def plan(listing: Listing, parcels: ShipmentQuerySet) -> Plan:
    """What would happen to these parcels; others are unknown. A handful of queries."""
    known = _known(listing.lines, parcels)
    today = arrival.local_day(timezone.now())
    steps, problems, unchanged = [], [], 0
    for line in listing.lines:
        try:
            parcel = _parcel(line, known)
            told = _facts(line, parcel.program.phone_region)
            change = parcel_facts.change(parcel, told, today=today)
        except _Left as left:
            problems.append(LineProblem(line.number, str(left)))
        except Refused as refusal:
            problems += [
                LineProblem(line.number, _labelled(each.field, each.message))
                for each in refusal.problems
            ]
        else:
            if change.fields:
                steps.append(Step(line.number, parcel, told, change))
            else:
                unchanged += 1
    return Plan(steps, problems, unchanged, _digest(steps))


def _known(lines: Sequence[Line], parcels: ShipmentQuerySet) -> _Known:
    rewards = {finding.reward_of(line.cells.get(Column.PARCEL, "")) for line in lines}
    numbers = {line.cells.get(Column.ORDER, "") for line in lines} - {""}
    joined = parcels.select_related("reward__order", "program")
    related = joined.defer("reward__message")
    by_reward = {
        parcel.reward_id: parcel
        for parcel in related.filter(reward__in=rewards - {None})
    }
    counted = dict(
        parcels.filter(reward__order__po_number__in=numbers)
        .order_by()
        .values_list("reward__order__po_number")
        .annotate(Count("pk"))
    )
    single = [number for number, count in counted.items() if count == 1]
    by_order = {
        parcel.reward.order.po_number: parcel
        for parcel in related.filter(reward__order__po_number__in=single)
    }
    crowded = {number: count for number, count in counted.items() if count > 1}
    return _Known(by_reward, by_order, crowded)


def _parcel(line: Line, known: _Known) -> Shipment:
    """The parcel a line means. Raises _Left."""
    parcel = _meant(line, known)
    first = known.seen.setdefault(parcel.pk, line.number)
    if first != line.number:
        text = _("Line %(first)s is about the same parcel. Keep one of them.")
        raise _Left(text % {"first": f"{first:,}"})
    return parcel


def _meant(line: Line, known: _Known) -> Shipment:
    number, po_number = (line.cells.get(column, "") for column in _WHICH)
    if not number:
        return _of_order(po_number, known)
    reward_id = finding.reward_of(number)
    if reward_id is None:
        text = _("“%(number)s” is no number of a parcel. They look like S-4711.")
        raise _Left(text % {"number": number[:50]})
    parcel = known.by_reward.get(reward_id)
    if parcel is None:
        text = _("You have no parcel %(number)s. Check the number.")
        raise _Left(text % {"number": number[:50]})
    if po_number and parcel.reward.order.po_number != po_number:
        text = _("%(number)s does not belong to %(order)s. Correct one of the two.")
        raise _Left(text % {"number": parcel.number, "order": po_number[:50]})
    return parcel


def _of_order(po_number: str, known: _Known) -> Shipment:
    if not po_number:
        text = _("It does not say which parcel is meant. Add a number such as S-4711.")
        raise _Left(text)
    if count := known.crowded.get(po_number):
        text = _("%(order)s has %(count)s parcels. Use their numbers, such as S-4711.")
        raise _Left(text % {"order": po_number, "count": f"{count:,}"})
    parcel = known.by_order.get(po_number)
    if parcel is None:
        text = _("You have no parcel of an order %(order)s. Check the PONumber.")
        raise _Left(text % {"order": po_number[:50]})
    return parcel


def _facts(line: Line, region: str) -> Facts:
    """What a line says; an empty cell leaves things as they are. Raises _Left."""
    told: dict[str, str | date] = {}
    for column, cell in line.cells.items():
        if column in _DAYS:
            day = day_of(cell, region)
            if day is None:
                text = _("“%(cell)s” is no day. Write it as 2025-12-31.")
                raise _Left(_labelled(column, text % {"cell": cell[:50]}))
            told[column.value] = day
        elif column == Column.TRACKING_NUMBER and _SHORTENED.fullmatch(cell):
            text = _(
                "A spreadsheet cut this number short. Make its column text, and fill "
                "in the number again."
            )
            raise _Left(_labelled(column, text))
        elif column not in _WHICH:
            told[column.value] = cell
    if not told:
        raise _Left(_("It says nothing of the parcel. Fill in a cell, or take it out."))
    return Facts(**told)  # type: ignore[arg-type]  # days in days, texts in texts


def _labelled(name: str, message: str) -> str:
    known = {column.value: label for column, label in LABELS.items()}
    return f"{known[name]}: {message}" if name in known else message


def _digest(steps: Iterable[Step]) -> str:
    def told() -> Iterator[str]:
        for step in steps:
            yield repr((step.parcel.pk, step.parcel.version, step.facts))

    return hashlib.sha256("\n".join(told()).encode()).hexdigest()
