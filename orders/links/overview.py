"""The list of batches: each with its card, and with how much of it is claimed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from orders.models import Claim, Order, Reward
from orders.models.claim import is_status
from orders.states import ClaimStatus
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One batch, its card, and how many links there are and are claimed."""

    order: Order
    product: str
    value: Money
    created: int = 0
    claimed: int = 0


def lines(orders: Sequence[Order]) -> list[Line]:
    """One for each of these orders of links; two queries."""
    counts = _counts(orders)
    return [
        Line(order, product, Money.of_minor(minor, order.currency), *counts[order.pk])
        for order, (product, minor) in zip(orders, _cards(orders), strict=True)
    ]


def _counts(orders: Sequence[Order]) -> dict[int, tuple[int, int]]:
    """By order: how many links came, and how many of them are claimed."""
    claimed = is_status(ClaimStatus.CLAIMED, timezone.now())
    rows = (
        Claim.objects.filter(batch__order__in=orders)
        .order_by()
        .values_list("batch__order_id")
        .annotate(created=Count("pk"), claimed=Count("pk", filter=claimed))
    )
    found = {order_id: (created, taken) for order_id, created, taken in rows}
    return {order.pk: found.get(order.pk, (0, 0)) for order in orders}


def _cards(orders: Sequence[Order]) -> list[tuple[str, int]]:
    """Product and value in minor units of each."""
    # All lines of a batch are for the same card, so any one of them will do.
    line = Reward.objects.filter(order=OuterRef("pk"))
    rows = (
        Order.objects.filter(pk__in=[order.pk for order in orders])
        .annotate(
            product=Subquery(line.values("product__name")[:1]),
            value=Subquery(line.values("value_minor")[:1]),
        )
        .values_list("pk", "product", "value")
    )
    found = {pk: (product, value) for pk, product, value in rows}
    return [found[order.pk] for order in orders]
