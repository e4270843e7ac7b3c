"""The rewards of a list's order, counted once for all that a page says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, F, Min, Q

from orders.models import Order
from programs.models import Product, ShippingMethod

_MAIL: Final = ~Q(email="")
_SMS: Final = ~Q(phone="")
_OF_ALL: Final = ("status", "product_id", "value_minor", "quantity")
_COUNTS: Final[Mapping[str, Any]] = {
    "n": Count("pk"),
    "mail": Count("pk", filter=_MAIL),
    "sms": Count("pk", filter=_SMS),
    "both": Count("pk", filter=_MAIL & _SMS),
    "first_delivery": Min("deliver_at"),
}
_OF_PARCELS: Final[Mapping[str, Any]] = {
    "stage": F("shipment__status"),
    "method_id": F("shipment__method_id"),
    "country": F("shipment__country"),
    "needed_by": F("shipment__needed_by"),
    "card_carrier": F("shipment__card_carrier"),
}
_PARCELS: Final[Mapping[str, Any]] = {
    "addressed": Count("pk", filter=~Q(shipment__line1="")),
    "kept": Count("pk", filter=~Q(shipment__reason="")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rewards that are alike in what is told apart here, and how many they are."""

    status: str
    product_id: int
    value_minor: int
    quantity: int
    n: int
    # Of these by which channel; `both` are counted in each.
    mail: int
    sms: int
    both: int
    first_delivery: datetime | None
    # Of what is posted; `stage` is where its parcel is.
    stage: str = ""
    method_id: int | None = None
    country: str = ""
    needed_by: date | None = None
    card_carrier: str = ""
    addressed: int = 0
    kept: int = 0


class Counted:
    """All groups of an order, with what they name; asked for when it is looked at."""

    def __init__(self, order: Order, groups: Sequence[Group]) -> None:
        self.order = order
        self.groups = groups

    @cached_property
    def products(self) -> Mapping[int, Product]:
        """By id; one query."""
        return Product.objects.in_bulk({group.product_id for group in self.groups})

    @cached_property
    def methods(self) -> Mapping[int | None, ShippingMethod]:
        """By id, with their transit times; no query where nothing is posted."""
        wanted = {group.method_id for group in self.groups} - {None}
        if not wanted:
            return {}
        found = ShippingMethod.objects.select_related("transit").defer("raw")
        return dict(found.in_bulk(wanted).items())

    def method(self, group: Group) -> ShippingMethod | None:
        """What the group's parcels go by."""
        return self.methods.get(group.method_id)


def count(order: Order) -> Counted:
    """The order's rewards in groups; one query."""
    rewards = order.rewards.order_by()
    if order.is_postal:
        named = rewards.annotate(**_OF_PARCELS).values(*_OF_ALL, *_OF_PARCELS)
        rows = named.annotate(**_COUNTS, **_PARCELS)
    else:
        rows = rewards.values(*_OF_ALL).annotate(**_COUNTS)
    return Counted(order, [Group(**row) for row in rows])
