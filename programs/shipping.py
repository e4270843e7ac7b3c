"""What a card can be posted by, and in: prices, estimated arrival, card carriers.

A delivery company moves the card; a card carrier is the printed sheet that holds it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from portal.money import Money
from programs import arrival
from programs.arrival import Window
from programs.intake import CURRENCY_WHEN_UNSTATED
from programs.models import CardCarrier, Product, ShippingMethod


@dataclass(frozen=True, slots=True)
class Choice:
    """One shipping method as it compares with the others on offer beside it.

    No window means that nobody said how long it takes; such a method is never the
    fastest and meets no date.
    """

    method: ShippingMethod
    cost: Money
    window: Window | None
    is_tracked: bool
    is_cheapest: bool
    is_fastest: bool
    meets_needed_by: bool


@dataclass(frozen=True, slots=True)
class Carrier:
    """A card carrier: the id the provider takes, and what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class CarrierQuestion:
    """Whether somebody has to choose a card carrier, and from which."""

    carriers: tuple[Carrier, ...]
    is_required: bool

    @property
    def is_shown(self) -> bool:
        """One carrier is no choice, and none even less."""
        return len(self.carriers) > 1

    @property
    def unasked(self) -> str:
        """The id to send where nobody is asked: the only one, if one is required."""
        is_settled = self.is_required and len(self.carriers) == 1
        return self.carriers[0].id if is_settled else ""

    def accepts(self, id: str) -> bool:
        """Whether this id can be sent; the empty one sends none."""
        return any(id == each.id for each in self.carriers) or not (
            id or self.is_required
        )


def choices(
    currency: str,
    *,
    needed_by: date | None = None,
    company: str | None = None,
    now: datetime | None = None,
) -> list[Choice]:
    """The methods on offer, cheapest first, as if ordered now; two queries.

    The provider names no currency for its prices, so they are taken to be in the
    order's. `needed_by` is a day where the organisation is. `company` leaves those of
    one delivery company, and cheapest and fastest are then said among them.
    """
    ordered_at = now or timezone.now()
    methods = ShippingMethod.objects.offered().select_related("transit").defer("raw")
    if company is not None:
        methods = methods.filter(carrier=company)
    holidays = arrival.holidays_from(ordered_at)
    windows = {each: window(each, ordered_at, holidays=holidays) for each in methods}
    costs = {each: cost(each, currency) for each in windows}
    least = min((amount.minor for amount in costs.values()), default=0)
    soonest = min((_speed(found) for found in windows.values() if found), default=None)
    offered = [
        Choice(
            method=each,
            cost=costs[each],
            window=found,
            is_tracked=bool(each.transit_time and each.transit_time.is_tracked),
            is_cheapest=costs[each].minor == least,
            is_fastest=found is not None and _speed(found) == soonest,
            meets_needed_by=is_in_time(found, needed_by),
        )
        for each, found in windows.items()
    ]
    return sorted(offered, key=_order)


def preselected(offered: Sequence[Choice]) -> Choice | None:
    """Of `choices`: the cheapest that meets the needed-by date, else the cheapest."""
    in_time = (choice for choice in offered if choice.meets_needed_by)
    return next(in_time, next(iter(offered), None))


def window(
    method: ShippingMethod,
    ordered_at: datetime,
    *,
    holidays: Collection[date] | None = None,
) -> Window | None:
    """When it arrives if ordered then; None where nobody said how long it takes.

    One query for the holidays unless they are given, one for a method read without its
    transit time.
    """
    if (transit := method.transit_time) is None:
        return None
    if holidays is None:
        holidays = arrival.holidays_from(ordered_at)
    return arrival.window(transit, ordered_at, holidays)


def is_in_time(window: Window | None, needed_by: date | None) -> bool:
    """Whether it arrives on that day at the latest; no day asks for nothing."""
    return needed_by is None or (window is not None and window.latest <= needed_by)


def cost(method: ShippingMethod, currency: str) -> Money:
    """The provider's price, taken to be in this currency."""
    price = Money.of_minor(method.cost_minor, CURRENCY_WHEN_UNSTATED)
    return Money.rounded(price.amount, currency)


def companies() -> list[str]:
    """The delivery companies of the methods on offer, by name."""
    named = ShippingMethod.objects.offered().exclude(carrier="")
    return list(named.order_by("carrier").values_list("carrier", flat=True).distinct())


def card_carriers() -> list[Carrier]:
    """Those of the provider's list where it keeps one, else those of the settings."""
    if not settings.PROVIDER_CARD_CARRIERS:
        return [Carrier(id, name) for id, name in settings.CARD_CARRIERS.items()]
    listed = CardCarrier.objects.filter(retired_at=None).order_by("description", "id")
    return [Carrier(each.provider_id, str(each)) for each in listed.defer("raw")]


def carrier_question(product: Product) -> CarrierQuestion:
    """What to ask about the card carrier of this product; at most one query."""
    return CarrierQuestion(
        carriers=tuple(card_carriers()),
        is_required=product.has_required_card_carriers,
    )


def _speed(window: Window) -> tuple[date, date]:
    return window.latest, window.earliest


def _order(choice: Choice) -> tuple[int, date, date, str, int]:
    """By price, then the sooner; without an estimate comes after those with one."""
    latest, earliest = _speed(choice.window) if choice.window else (date.max, date.max)
    return choice.cost.minor, latest, earliest, choice.method.name, choice.method.pk
