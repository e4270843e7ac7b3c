"""What a list's order adds up to: counted by the database, never row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from orders import pricing
from orders.bulk import pausing, retrying
from orders.bulk.counting import Counted
from orders.models import Order
from orders.pricing import Totals
from orders.states import PLACEMENT_STATES, PlacementStatus, RewardStatus, State
from portal.money import Money
from programs.catalogue import Quote
from programs.models import Product

_FAILED: Final = Q(status=RewardStatus.FAILED)


@dataclass(slots=True)
class ProductLine:
    """All rewards of one product: how many, and what they cost at today's price."""

    product: Product
    rewards: int = 0
    totals: Totals = field(default_factory=Totals)
    # The different (value in minor units, quantity) among them.
    amounts: set[tuple[int, int]] = field(default_factory=set)

    @property
    def quote(self) -> Quote:
        return pricing.quote_of(self.totals, self.product.currency)


@dataclass(frozen=True, slots=True)
class Reach:
    """How many rewards go out by which channel; `both` are counted in each.

    What is posted is counted there alone, whatever else is known of its recipients.
    """

    mail: int
    sms: int
    both: int
    post: int = 0

    @property
    def sentence(self) -> str:
        """4,812 by e-mail, 188 by SMS."""
        parts = (
            (_("%(n)s by post"), self.post),
            (_("%(n)s by e-mail"), self.mail - self.both),
            (_("%(n)s by SMS"), self.sms - self.both),
            (_("%(n)s by both"), self.both),
        )
        return ", ".join(words % {"n": intcomma(n)} for words, n in parts if n)


@dataclass(frozen=True, slots=True)
class Rewards:
    """How many have which status, in the order they come; whom they reach, and when."""

    counts: Mapping[RewardStatus, int]
    reach: Reach
    first_delivery: datetime | None

    def of(self, *statuses: RewardStatus) -> int:
        """How many have one of these."""
        return sum(self.counts.get(status, 0) for status in statuses)


@dataclass(frozen=True, slots=True)
class Part:
    """The placements in one status, and their money."""

    status: PlacementStatus
    count: int
    held: Money
    # Of what is held, what the provider has no order for.
    lacking: Money
    charged: Money | None

    @property
    def state(self) -> State:
        return PLACEMENT_STATES[self.status]


@dataclass(frozen=True, slots=True)
class Unsent:
    """Rewards nobody tried to send yet, and the money held for them."""

    rewards: int
    held: Money


@dataclass(frozen=True, slots=True)
class Again:
    """How many can be sent again as they are, at which price; how many corrected."""

    retriable: int
    cost: Money
    correctable: int


def rewards(counted: Counted) -> Rewards:
    """Statuses and channels."""
    groups = counted.groups
    found: Counter[str] = Counter()
    for group in groups:
        found[group.status] += group.n
    reach = (
        Reach(0, 0, 0, post=found.total())
        if counted.order.is_postal
        else Reach(
            mail=sum(group.mail for group in groups),
            sms=sum(group.sms for group in groups),
            both=sum(group.both for group in groups),
        )
    )
    dates = (group.first_delivery for group in groups if group.first_delivery)
    return Rewards(
        {word: found[word.value] for word in RewardStatus if word.value in found},
        reach,
        min(dates, default=None),
    )


def by_product(counted: Counted) -> list[ProductLine]:
    """The cost of each product, most expensive first."""
    prices = pricing.Prices(counted.order.currency)
    lines: dict[int, ProductLine] = {}
    for group in counted.groups:
        product = counted.products[group.product_id]
        amount = (group.value_minor, group.quantity)
        quote = prices.quote(product, *amount, counted.method(group))
        line = lines.setdefault(group.product_id, ProductLine(product))
        line.amounts.add(amount)
        line.rewards += group.n
        line.totals += pricing.times(quote, group.n)
    costs = {pk: line.totals.estimate_minor for pk, line in lines.items()}
    return sorted(
        lines.values(), key=lambda line: (-costs[line.product.pk], line.product.name)
    )


def again(counted: Counted) -> Again:
    """What can be done about rewards that came to nothing; one query."""
    order = counted.order
    lost = retrying.correctable(order) if order.sheet_id else retrying.retriable(order)
    alike = (
        pricing.alike(order, lost)
        .annotate(n=Count("pk"), failed=Count("pk", filter=_FAILED))
        .values_list(
            "product_id", "value_minor", "quantity", "method_id", "n", "failed"
        )
    )
    prices = pricing.Prices(order.currency)
    retriable = correctable = minor = 0
    for product_id, value, quantity, method_id, count, failed in alike:
        correctable += count if order.sheet_id else 0
        retriable += failed
        product, method = counted.products[product_id], counted.methods.get(method_id)
        quote = prices.quote(product, value, quantity, method)
        minor += quote.total.minor * failed
    return Again(retriable, Money.of_minor(minor, order.currency), correctable)


def total(order: Order, lines: Iterable[ProductLine]) -> Quote:
    """What all products cost together."""
    together = sum((line.totals for line in lines), Totals())
    return pricing.quote_of(together, order.currency)


def plan(order: Order) -> list[Part]:
    """The placements by status; one query."""
    rows = (
        order.placements.order_by()
        .values("status")
        .annotate(
            count=Count("pk"),
            held=Sum("held_minor"),
            lacking=Sum("held_minor", filter=Q(provider_order_id="")),
            charged=Sum("cost_minor"),
        )
    )
    found = {row["status"]: row for row in rows}
    return [
        _part(order, status, found[status.value])
        for status in PlacementStatus
        if status.value in found
    ]


def charged(order: Order, parts: Iterable[Part]) -> Money | None:
    """What the provider charged so far; None before it said anything."""
    said = [part.charged for part in parts if part.charged is not None]
    return sum(said, Money.of_minor(0, order.currency)) if said else None


def unsent(order: Order) -> Unsent:
    """What would be cancelled if the order were stopped now."""
    placements = pausing.untried(order)
    held = sum(placement.held_minor for placement in placements)
    rewards = order.rewards.filter(placement__in=[each.pk for each in placements])
    return Unsent(rewards.count(), Money.of_minor(held, order.currency))


def _part(order: Order, status: PlacementStatus, row: Mapping[str, Any]) -> Part:
    def money(minor: int | None) -> Money:
        return Money.of_minor(minor or 0, order.currency)

    return Part(
        status=status,
        count=row["count"],
        held=money(row["held"]),
        lacking=money(row["lacking"]),
        charged=None if row["charged"] is None else money(row["charged"]),
    )
