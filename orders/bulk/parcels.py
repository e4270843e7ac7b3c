"""What the parcels of a list's order add up to, and when they may arrive."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone

from orders.bulk.counting import Counted, Group
from orders.parcel_states import ShipmentStatus
from portal.money import Money
from programs import arrival, sentences, shipping
from programs.addresses import countries
from programs.arrival import Window
from programs.models import ShippingMethod


@dataclass(frozen=True, slots=True)
class Method:
    """The parcels that go by one shipping method, and what that costs today."""

    method: ShippingMethod
    parcels: int
    cost: Money
    # Estimated, as if they were ordered now; None where nobody said how long it takes.
    window: Window | None

    @property
    def arrives(self) -> str:
        """The days they may arrive on; empty where nobody knows."""
        return sentences.arrival(self.window) if self.window else ""


@dataclass(frozen=True, slots=True)
class Parcels:
    """Where a postal order goes and how; without an address are those of `missing`."""

    # How many are where, in the order they come.
    stages: Mapping[ShipmentStatus, int]
    methods: Sequence[Method]
    # Names and counts, most first.
    countries: Sequence[tuple[str, int]]
    all: int
    missing: int
    # Addresses that are kept for a reason, although the rules of their post doubt them.
    kept: int
    # Expected after the day they are needed by, or nobody knows when.
    late: int
    # Whether it was worked out when they may arrive.
    is_estimated: bool
    # The different pairs of a product's id and the id of a card carrier.
    card_carriers: Collection[tuple[int, str]]


def of(counted: Counted, *, estimates: bool = True) -> Parcels | None:
    """The parcels of an order that is posted, of others None.

    One query for `estimates`; without them no method has a window, and none is late.
    """
    order, groups = counted.order, counted.groups
    if not order.is_postal:
        return None
    windows = _windows(counted.methods) if estimates else {}
    total = sum(group.n for group in groups)
    return Parcels(
        stages=_stages(groups),
        methods=_methods(counted, windows),
        countries=_countries(groups),
        all=total,
        missing=total - sum(group.addressed for group in groups),
        kept=sum(group.kept for group in groups),
        late=sum(
            group.n
            for group in groups
            if estimates
            and not shipping.is_in_time(windows[group.method_id], group.needed_by)
        ),
        is_estimated=estimates,
        card_carriers={(group.product_id, group.card_carrier) for group in groups},
    )


def _stages(groups: Sequence[Group]) -> dict[ShipmentStatus, int]:
    counts: Counter[str] = Counter()
    for group in groups:
        counts[group.stage] += group.n
    return {stage: counts[stage] for stage in ShipmentStatus if counts[stage]}


def _windows(
    methods: Mapping[int | None, ShippingMethod],
) -> dict[int | None, Window | None]:
    now = timezone.now()
    holidays = arrival.holidays_from(now)
    return {
        pk: shipping.window(method, now, holidays=holidays)
        for pk, method in methods.items()
    }


def _methods(
    counted: Counted, windows: Mapping[int | None, Window | None]
) -> list[Method]:
    counts: Counter[int | None] = Counter()
    for group in counted.groups:
        counts[group.method_id] += group.n
    currency = counted.order.currency
    lines = [
        Method(
            counted.methods[pk],
            number,
            shipping.cost(counted.methods[pk], currency) * number,
            windows.get(pk),
        )
        for pk, number in counts.items()
    ]
    return sorted(lines, key=lambda line: (-line.parcels, line.method.name))


def _countries(groups: Sequence[Group]) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for group in groups:
        if group.country:
            counts[countries.name_of(group.country)] += group.addressed
    return sorted(counts.items(), key=lambda line: (-line[1], line[0]))
