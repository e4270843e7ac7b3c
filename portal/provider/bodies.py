"""What we ask of the provider, and the one canonical body it is asked with.

Equal orders give equal bytes, and names stand in the order GiftCard Partners print them
(provider-api: 5.1). Fields their pages do not show are sent only when filled.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import simplejson


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalAddress:
    """At least one of the two; `sms` in E.164."""

    email: str = ""
    sms: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysicalAddress:
    """`state` and `country` are two letters. `carrier_id` is the card's packaging."""

    shipping_method_id: str
    name: str
    line1: str
    city: str
    state: str
    zip: str
    country: str
    carrier_id: str = ""
    line2: str = ""
    line3: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personalization:
    """`deliver_at`, with a zone, schedules a digital delivery."""

    to: str
    from_name: str
    from_email: str = ""
    message: str = ""
    deliver_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line item. Which address it carries follows from the order's type."""

    product_id: str
    value: Decimal
    quantity: int = 1
    external_id: str = ""
    branding_id: str = ""
    digital: DigitalAddress | None = None
    physical: PhysicalAddress | None = None
    personalization: Personalization | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`type` is DigitalDelivery, Links or PhysicalShipment."""

    type: str
    po_number: str
    lines: tuple[Line, ...]
    note: str = ""
    webhook_url: str = ""


def encode_order(order: Order) -> bytes:
    """The body of POST /v1/Orders; ASCII, amounts as exact numbers.

    Raises ValueError for an amount that is no finite number and for a delivery time
    without a zone.
    """
    webhook = {"FulfillmentComplete": order.webhook_url} if order.webhook_url else None
    body = _filled(
        Type=order.type,
        PONumber=order.po_number,
        Note=order.note,
        WebhookSettings=webhook,
        LineItems=[_line(line) for line in order.lines],
    )
    return simplejson.dumps(body, use_decimal=True, allow_nan=False).encode("ascii")


def encode_address(
    *, line1: str, line2: str = "", line3: str = "", city: str, state: str, zip: str
) -> bytes:
    """The body of POST /v1/AddressVerification, which is for the United States only.

    Its schema is INFERRED: the names are those of an order's address (provider-api: 3).
    Whose address it is stays here.
    """
    body = _filled(
        AddressLine1=line1,
        AddressLine2=line2,
        AddressLine3=line3,
        City=city,
        State=state,
        Zip=zip,
        Country="US",
    )
    return simplejson.dumps(body).encode("ascii")


def label(name: str, line1: str, zip: str) -> str:
    """What tells one parcel's label from another's, however it is spelled."""
    return "\n".join(" ".join(part.split()).casefold() for part in (name, line1, zip))


def _line(line: Line) -> dict[str, object]:
    return _filled(
        ProductId=line.product_id,
        Value=_number(line.value),
        Quantity=line.quantity,
        ExternalId=line.external_id,
        BrandingId=line.branding_id,
        DigitalDeliveryAddress=line.digital and _digital(line.digital),
        PhysicalDeliveryAddress=line.physical and _physical(line.physical),
        Personalization=line.personalization and _personal(line.personalization),
    )


def _digital(address: DigitalAddress) -> dict[str, object]:
    return _filled(Email=address.email, Sms=address.sms)


def _physical(address: PhysicalAddress) -> dict[str, object]:
    return _filled(
        ShippingMethodId=address.shipping_method_id,
        CarrierId=address.carrier_id,
        Name=address.name,
        AddressLine1=address.line1,
        AddressLine2=address.line2,
        AddressLine3=address.line3,
        City=address.city,
        State=address.state,
        Zip=address.zip,
        Country=address.country,
    )


def _personal(words: Personalization) -> dict[str, object]:
    return _filled(
        To=words.to,
        FromName=words.from_name,
        FromEmail=words.from_email,
        Message=words.message,
        DeliveryDate=words.deliver_at and _moment(words.deliver_at),
    )


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a delivery time needs a zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(value: Decimal) -> int | Decimal:
    if not value.is_finite():
        raise ValueError("an amount must be a finite number")
    if value == value.to_integral_value():
        return int(value)
    return value.normalize()


def _filled(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in ("", None)}
