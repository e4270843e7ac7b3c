"""Is this body an order, by every limit of provider-api 5.1?

Two rules are stricter than anybody documented, to catch our own mistakes: an address
must be the one the order's type asks for, and unknown fields are refused (a knob).
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from portal.provider.sandbox.catalogue import (
    BRANDINGS,
    CARD_CARRIERS,
    SHIPPING_METHODS,
    Product,
)
from portal.provider.sandbox.fields import Part, Problems, is_moment

_TYPES = ("DigitalDelivery", "Links", "PhysicalShipment")
_DIGITAL, _PHYSICAL = "DigitalDeliveryAddress", "PhysicalDeliveryAddress"
_ADDRESSES = {"DigitalDelivery": _DIGITAL, "PhysicalShipment": _PHYSICAL}
_TEXTS_OF_ORDER = {"PONumber": 100, "Note": 250}
_TEXTS_OF_LINE = {"ProductId": 100, "ExternalId": 100, "Culture": 20}
_REQUIRED_OF_ADDRESS = {
    "ShippingMethodId": 100,
    "Name": 150,
    "AddressLine1": 100,
    "City": 100,
    "State": 2,
    "Zip": 50,
    "Country": 2,
}
_OPTIONAL_OF_ADDRESS = {"CarrierId": 100, "AddressLine2": 100, "AddressLine3": 100}
_PERSONAL = {"To": 150, "FromName": 150, "FromEmail": 150, "Message": 400}
_PERSONAL_OF_ORDER = {"PhotoUrl": 150, "GreetingUrl": 150}

_BRANDING_IDS = tuple(branding["Id"] for branding in BRANDINGS)
_CARRIER_IDS = tuple(carrier["Id"] for carrier in CARD_CARRIERS)
_SHIPPING_IDS = tuple(method["Id"] for method in SHIPPING_METHODS)


def problems_of(
    body: object, catalogue: Mapping[str, Product], *, strict: bool
) -> list[dict[str, object]]:
    """The `errors` of a 400; empty when the body is an order."""
    problems = Problems()
    names = (
        *("Type", "LineItems", "WebhookSettings", "Personalization"),
        *_TEXTS_OF_ORDER,
    )
    order = Part(body, "", names if strict else (), problems)
    _check_order(order)
    kind = order.get("Type")
    line_names = (
        *("Value", "Quantity", "BrandingId", "Personalization"),
        *_TEXTS_OF_LINE,
        *_ADDRESSES.values(),
    )
    for line in order.children("LineItems", line_names if strict else ()):
        product = catalogue.get(line.text("ProductId", 100, required=True))
        _check_line(line, kind)
        _check_product(line, kind, product)
        _check_addresses(line, kind, product)
        _check_personalization(line, kind)
    return problems.listed()


def _check_order(order: Part) -> None:
    order.text("PONumber", 100, required=True)
    order.text("Note", 250)
    order.one_of("Type", _TYPES)
    if words := order.child("Personalization", _PERSONAL_OF_ORDER):
        for name, most in _PERSONAL_OF_ORDER.items():
            words.text(name, most)
    if settings := order.child("WebhookSettings", ("FulfillmentComplete",)):
        url = settings.text("FulfillmentComplete", 500, required=True)
        if url and not _is_absolute(url):
            settings.wrong("FulfillmentComplete", "must be an absolute URL")


def _check_line(line: Part, kind: object) -> None:
    line.whole("Quantity")
    line.text("ExternalId", 100)
    line.one_of("BrandingId", (None, "", *_BRANDING_IDS))
    if line.text("Culture", 20) and kind == "PhysicalShipment":
        line.wrong("Culture", "is for links and digital delivery only")


def _check_product(line: Part, kind: object, product: Product | None) -> None:
    value = line.amount("Value")
    if product is None:
        line.wrong("ProductId", "is not available")
        return
    if not _lists(product, "AvailableDeliveryTypes", kind):
        line.wrong("ProductId", f"is not available for {kind}")
    if value is not None and not _is_denomination(product, value):
        line.wrong("Value", "is not a valid denomination")
    culture = line.get("Culture")
    if culture and not _lists(product, "CultureCodes", culture):
        line.wrong("Culture", "is not available for this product")


def _check_addresses(line: Part, kind: object, product: Product | None) -> None:
    for name in _ADDRESSES.values():
        if line.get(name) is not None and name != _ADDRESSES.get(str(kind)):
            line.wrong(name, f"does not belong to an order of type {kind}")
    if kind == "DigitalDelivery":
        address = line.child(_DIGITAL, ("Email", "Sms"), required=True)
        if address:
            _check_digital(address)
    if kind == "PhysicalShipment":
        names = (*_REQUIRED_OF_ADDRESS, *_OPTIONAL_OF_ADDRESS)
        address = line.child(_PHYSICAL, names, required=True)
        if address:
            _check_physical(address, product)


def _check_digital(address: Part) -> None:
    email, sms = address.text("Email", 150), address.text("Sms", 20)
    if not (email or sms):
        address.wrong("Email", "is required if Sms is not provided")
    if email and "@" not in email:
        address.wrong("Email", "is not an e-mail address")


def _check_physical(address: Part, product: Product | None) -> None:
    for name, most in _REQUIRED_OF_ADDRESS.items():
        text = address.text(name, most, required=True)
        if text and most == 2 and not (len(text) == 2 and text.isalpha()):
            address.wrong(name, "must be exactly 2 letters")
    for name, most in _OPTIONAL_OF_ADDRESS.items():
        address.text(name, most)
    if address.get("CarrierId"):
        address.one_of("CarrierId", _CARRIER_IDS)
    if address.get("ShippingMethodId"):
        address.one_of("ShippingMethodId", _SHIPPING_IDS)
    if product and _needs_carrier(product) and not address.get("CarrierId"):
        address.wrong("CarrierId", "is required for this product")


def _check_personalization(line: Part, kind: object) -> None:
    words = line.child("Personalization", (*_PERSONAL, "DeliveryDate"))
    if words is None:
        return
    for name, most in _PERSONAL.items():
        words.text(name, most, required=name in ("To", "FromName"))
    date = words.text("DeliveryDate", 40)
    if date and not is_moment(date):
        words.wrong("DeliveryDate", "is not a date and time")
    if date and kind != "DigitalDelivery":
        words.wrong("DeliveryDate", "is for digital delivery only")


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _lists(product: Product, name: str, word: object) -> bool:
    words = product.get(name)
    return isinstance(words, Collection) and word in words


def _needs_carrier(product: Product) -> bool:
    meta = product.get("Meta")
    shipping = meta.get("ShippingConfiguration") if isinstance(meta, Mapping) else None
    return isinstance(shipping, Mapping) and bool(
        shipping.get("HasRequiredCardCarriers")
    )


def _is_denomination(product: Product, value: Decimal) -> bool:
    listed = product.get("Denominations")
    listed = listed if isinstance(listed, list) else []
    allowed = [Decimal(str(item)) for item in listed]
    if product.get("DenominationType") == "Fixed":
        return value in allowed
    unit = Decimal("0.01" if product.get("DenominationType") == "Variable" else 1)
    return len(allowed) == 2 and allowed[0] <= value <= allowed[1] and not value % unit
