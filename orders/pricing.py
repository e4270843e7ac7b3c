"""What an order costs at today's price: each different reward is priced once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BigIntegerField, Count, F, QuerySet, Value

from orders.models import Order, Reward
from portal.money import Money
from programs import catalogue, shipping
from programs.catalogue import Quote
from programs.models import Product, ShippingMethod


@dataclass(frozen=True, slots=True)
class Share:
    """`count` rewards of an order that are alike in all that has a price."""

    product: Product
    value: Money
    quantity: int
    count: int
    quote: Quote


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over an order, in minor units."""

    face_minor: int = 0
    fee_minor: int = 0
    discount_minor: int = 0
    estimate_minor: int = 0
    # Part of the estimate.
    shipping_minor: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.face_minor + other.face_minor,
            self.fee_minor + other.fee_minor,
            self.discount_minor + other.discount_minor,
            self.estimate_minor + other.estimate_minor,
            self.shipping_minor + other.shipping_minor,
        )


class Prices:
    """Quotes by product, value, quantity and method, each worked out once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._known: dict[tuple[int, int, int, int | None], Quote] = {}

    def quote(
        self,
        product: Product,
        value_minor: int,
        quantity: int,
        method: ShippingMethod | None = None,
    ) -> Quote:
        """The catalogue's quote for one reward, and for its parcel if it is posted."""
        key = (product.pk, value_minor, quantity, method.pk if method else None)
        if (known := self._known.get(key)) is None:
            value = Money.of_minor(value_minor, self._currency).amount
            known = catalogue.quote(product, value, quantity)
            if method is not None:
                known = posted(known, shipping.cost(method, self._currency))
            self._known[key] = known
        return known

    def of(self, reward: Reward) -> Quote:
        """The same of a reward with its order, product and shipping method loaded."""
        method = reward.shipment.method if reward.order.is_postal else None
        return self.quote(reward.product, reward.value_minor, reward.quantity, method)


def posted(quote: Quote, cost: Money) -> Quote:
    """The quote of a card with the price of its parcel."""
    return replace(quote, total=quote.total + cost, shipping=cost)


def priced(order: Order) -> QuerySet[Reward]:
    """The order's rewards with all that `Prices.of` looks at, by primary key."""
    loaded = ["product", "shipment__method"] if order.is_postal else ["product"]
    return order.rewards.select_related(*loaded).order_by("pk")


def alike(order: Order, rewards: QuerySet[Reward]) -> QuerySet[Reward, dict[str, Any]]:
    """These rewards of the order, grouped by all that has a price.

    Rows of product_id, value_minor, quantity and method_id, to be annotated.
    """
    nothing = Value(None, output_field=BigIntegerField())
    method = F("shipment__method_id") if order.is_postal else nothing
    named = rewards.order_by().annotate(method_id=method)
    return named.values("product_id", "value_minor", "quantity", "method_id")


def shares(order: Order) -> list[Share]:
    """The order's different rewards with how many there are; two queries, or three."""
    rows = list(
        alike(order, order.rewards.all())
        .annotate(count=Count("pk"))
        .order_by("product_id", "value_minor", "quantity", "method_id")
        .values_list("product_id", "value_minor", "quantity", "method_id", "count")
    )
    products = Product.objects.in_bulk({row[0] for row in rows})
    methods = methods_of(row[3] for row in rows)
    prices = Prices(order.currency)
    return [
        Share(
            product=products[product_id],
            value=Money.of_minor(minor, order.currency),
            quantity=quantity,
            count=number,
            quote=prices.quote(
                products[product_id], minor, quantity, methods.get(method)
            ),
        )
        for product_id, minor, quantity, method, number in rows
    ]


def methods_of(ids: Iterable[int | None]) -> dict[int | None, ShippingMethod]:
    """Shipping methods by id; no query where nothing is posted."""
    wanted = {pk for pk in ids if pk is not None}
    found = ShippingMethod.objects.in_bulk(wanted) if wanted else {}
    return dict(found.items())


def totals_of(found: Sequence[Share]) -> Totals:
    """What these come to."""
    return sum((times(each.quote, each.count) for each in found), Totals())


def quote_of(totals: Totals, currency: str) -> Quote:
    """The same as money."""
    return Quote(
        face=Money.of_minor(totals.face_minor, currency),
        fee=Money.of_minor(totals.fee_minor, currency),
        discount=Money.of_minor(totals.discount_minor, currency),
        total=Money.of_minor(totals.estimate_minor, currency),
        shipping=Money.of_minor(totals.shipping_minor, currency) or None,
    )


def times(quote: Quote, count: int = 1) -> Totals:
    """So many rewards of this quote."""
    return Totals(
        quote.face.minor * count,
        quote.fee.minor * count,
        quote.discount.minor * count,
        quote.total.minor * count,
        quote.shipping.minor * count if quote.shipping else 0,
    )
