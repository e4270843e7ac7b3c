"""A validated body, read once into what the rest of the sandbox needs of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.provider.sandbox.fields import moment


@dataclass(frozen=True, slots=True)
class Line:
    """`deliver_at` in epoch seconds; `echo` is the line as it came."""

    product_id: str
    value: Decimal
    quantity: int
    deliver_at: float | None
    shipping_method_id: str
    echo: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Requested:
    """`echo` holds the order's own fields that an answer repeats."""

    type: str
    po_number: str
    lines: tuple[Line, ...]
    webhook_url: str
    echo: Mapping[str, object]


def parse(body: str | bytes) -> object:
    """JSON with exact numbers. Raises ValueError, RecursionError."""
    try:
        parsed: object = json.loads(body, parse_float=Decimal)
    except ArithmeticError as error:
        raise ValueError("a number is beyond reading") from error
    return parsed


def read(body: str) -> Requested:
    """What a body that passed validation asks for."""
    order = json.loads(body, parse_float=Decimal)
    echoed = ("Personalization", "Note", "WebhookSettings")
    return Requested(
        type=order["Type"],
        po_number=order["PONumber"],
        lines=tuple(_line(line) for line in order["LineItems"]),
        webhook_url=(order.get("WebhookSettings") or {}).get("FulfillmentComplete", ""),
        echo={name: order[name] for name in echoed if order.get(name) is not None},
    )


def _line(line: dict[str, object]) -> Line:
    words = line.get("Personalization")
    date = words.get("DeliveryDate") if isinstance(words, dict) else None
    parcel = line.get("PhysicalDeliveryAddress")
    return Line(
        product_id=str(line["ProductId"]),
        value=Decimal(str(line["Value"])),
        quantity=int(str(line["Quantity"])),
        deliver_at=moment(date).timestamp() if date else None,
        shipping_method_id=str(parcel["ShippingMethodId"])
        if isinstance(parcel, dict)
        else "",
        echo=line,
    )
