"""From the provider's JSON to our types. Raises Malformed where an id is missing.

Everything but the id is allowed to be absent: GiftCard Partners' own response schemas
have never been seen (provider-api: 5.2, 6, 7).
"""

from collections.abc import Iterator
from decimal import Decimal

from portal.provider import bodies
from portal.provider.errors import Malformed
from portal.provider.types import (
    Branding,
    CardCarrier,
    ClaimData,
    Faceplate,
    FieldError,
    Product,
    ProviderLine,
    ProviderOrder,
    ShippingMethod,
    Token,
    VerifiedAddress,
)
from portal.provider.wire import Fields, loads


def token(fields: Fields) -> Token:
    """provider-api: 4. A value unfit for a header is refused here."""
    value = fields.required("Value")
    if not (value.isascii() and value.isprintable()):
        raise Malformed("the token cannot be sent in a header")
    return Token(value=value, expires_in=max(0, fields.count("ExpiresIn") or 0))


def product(fields: Fields) -> Product:
    """provider-api: 6."""
    cost = fields.child("Cost")
    shipping = fields.child("Meta").child("ShippingConfiguration")
    return Product(
        id=fields.required("Id"),
        name=fields.text("Name"),
        short_description=fields.text("ShortDescription"),
        long_description=fields.text("LongDescription"),
        type=fields.text("Type"),
        denomination_type=fields.text("DenominationType"),
        denominations=fields.amounts("Denominations"),
        delivery_types=fields.texts("AvailableDeliveryTypes"),
        currency=fields.text("CurrencyCode"),
        fee=cost.amount("Fee") or Decimal(0),
        discount_percent=cost.amount("DiscountPercentage") or Decimal(0),
        terms=fields.text("Terms"),
        disclaimer=fields.text("Disclaimer"),
        redemption_note=fields.text("RedemptionNote"),
        fulfillment_group=shipping.text("FulfillmentGroup"),
        has_required_card_carriers=shipping.flag("HasRequiredCardCarriers"),
        culture_codes=fields.texts("CultureCodes"),
        faceplates=tuple(
            Faceplate(name=plate.text("Name"), path=plate.text("Path"))
            for plate in fields.child("Media").children("Faceplates")
        ),
        raw=fields.raw,
    )


def shipping_method(fields: Fields) -> ShippingMethod:
    """provider-api: 7."""
    return ShippingMethod(
        id=fields.required("Id"),
        carrier=fields.text("Carrier"),
        description=fields.text("Description"),
        cost=fields.amount("Cost") or Decimal(0),
        raw=fields.raw,
    )


def branding(fields: Fields) -> Branding:
    """The schema is unknown, so the likeliest names are tried in turn."""
    return Branding(
        id=fields.text("Id") or fields.required("BrandingId"),
        name=fields.text("Name") or fields.text("Description"),
        raw=fields.raw,
    )


def card_carrier(fields: Fields) -> CardCarrier:
    """provider-api: 7. Its other name, in an order, is tried as well."""
    return CardCarrier(
        id=fields.text("Id") or fields.required("CarrierId"),
        description=fields.text("Description") or fields.text("Name"),
        raw=fields.raw,
    )


def suggestions(fields: Fields) -> tuple[VerifiedAddress, ...]:
    """Of an address, the likeliest first. Names are INFERRED (provider-api: 3)."""
    return tuple(
        VerifiedAddress(
            line1=each.required("AddressLine1"),
            line2=each.text("AddressLine2"),
            line3=each.text("AddressLine3"),
            city=each.required("City"),
            state=each.required("State"),
            zip=each.text("Zip") or each.required("PostalCode"),
        )
        for each in fields.children("Suggestions")
    )


def order(fields: Fields) -> ProviderOrder:
    """provider-api: 5.2."""
    return ProviderOrder(
        id=fields.required("Id"),
        po_number=fields.text("PONumber"),
        type=fields.text("Type"),
        status=fields.text("Status"),
        lines=tuple(_line(line) for line in fields.children("LineItems")),
        webhook_url=fields.child("WebhookSettings").text("FulfillmentComplete"),
        raw=fields.raw,
    )


def field_errors(body: bytes) -> tuple[FieldError, ...]:
    """The reasons in a 400; none where they cannot be read (provider-api: 3)."""
    try:
        return tuple(_field_errors(Fields(loads(body)).get("Errors")))
    except Malformed:
        return ()


def order_ids(body: bytes) -> tuple[str, ...]:
    """The orders a 409 names, in any of its shapes (provider-api: 1, row 10)."""
    try:
        fields = Fields(loads(body))
        names = ("Id", "OrderId", "PreviousOrderIds")
        return tuple(dict.fromkeys(i for name in names for i in _ids(fields.get(name))))
    except Malformed:
        return ()


def balances(body: bytes) -> tuple[Decimal | None, Decimal | None]:
    """Available balance and order cost of a 422; None where not to be read."""
    try:
        fields = Fields(loads(body))
        return fields.amount("AvailableBalance"), fields.amount("OrderCost")
    except Malformed:
        return None, None


def _line(fields: Fields) -> ProviderLine:
    address = fields.child("DigitalDeliveryAddress")
    parcel = fields.child("PhysicalDeliveryAddress")
    return ProviderLine(
        id=fields.text("Id"),
        status=fields.text("Status"),
        external_id=fields.text("ExternalId"),
        product_id=fields.text("ProductId"),
        value=fields.amount("Value"),
        quantity=fields.count("Quantity"),
        cost=fields.amount("Cost"),
        email=address.text("Email"),
        sms=address.text("Sms"),
        label=bodies.label(
            parcel.text("Name"), parcel.text("AddressLine1"), parcel.text("Zip")
        ).strip(),
        claims=tuple(
            ClaimData(
                id=claim.text("Id"),
                link=claim.text("ClaimLink"),
                challenge_answer=claim.text("ClaimLinkChallengeAnswer"),
            )
            for claim in fields.children("ClaimData")
        ),
        raw=fields.raw,
    )


def _field_errors(errors: object) -> Iterator[FieldError]:
    # The documented shape is a list; the framework behind it likes {path: [message]}.
    if isinstance(errors, dict):
        for path, messages in errors.items():
            yield FieldError(path=path, messages=tuple(_messages(messages)))
    elif isinstance(errors, list):
        for item in errors:
            fields = Fields(item)
            messages = tuple(_messages(fields.get("Errors")))
            yield FieldError(path=fields.text("Property"), messages=messages)


def _messages(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item


def _ids(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str | int) and not isinstance(item, bool) and item != "":
            yield str(item)
