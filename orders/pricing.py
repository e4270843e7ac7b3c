"""What an order costs at today's price: each different reward is priced once."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from orders.models import Order
from portal.money import Money
from programs import catalogue
from programs.catalogue import Quote
from programs.models import Product


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

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            self.face_minor + other.face_minor,
            self.fee_minor + other.fee_minor,
            self.discount_minor + other.discount_minor,
            self.estimate_minor + other.estimate_minor,
        )


class Prices:
    """Quotes by product, value and quantity, each worked out once."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._known: dict[tuple[int, int, int], Quote] = {}

    def quote(self, product: Product, value_minor: int, quantity: int) -> Quote:
        """The catalogue's quote for one reward."""
        key = (product.pk, value_minor, quantity)
        if (known := self._known.get(key)) is None:
            value = Money.of_minor(value_minor, self._currency).amount
            known = self._known[key] = catalogue.quote(product, value, quantity)
        return known


def shares(order: Order) -> list[Share]:
    """The order's different rewards with how many there are; two queries."""
    rows = list(
        order.rewards.order_by()
        .values("product_id", "value_minor", "quantity")
        .annotate(count=Count("pk"))
        .order_by("product_id", "value_minor", "quantity")
        .values_list("product_id", "value_minor", "quantity", "count")
    )
    products = Product.objects.in_bulk({row[0] for row in rows})
    prices = Prices(order.currency)
    return [
        Share(
            product=products[product_id],
            value=Money.of_minor(minor, order.currency),
            quantity=quantity,
            count=number,
            quote=prices.quote(products[product_id], minor, quantity),
        )
        for product_id, minor, quantity, number in rows
    ]


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
    )


def times(quote: Quote, count: int = 1) -> Totals:
    """So many rewards of this quote."""
    return Totals(
        quote.face.minor * count,
        quote.fee.minor * count,
        quote.discount.minor * count,
        quote.total.minor * count,
    )
