"""What the sandbox sells: products, ways to post them, and how they look."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from portal.provider.sandbox.brands import PHYSICAL, SHELVES, Shelf

Product = Mapping[str, object]

_CULTURES = {
    "USD": ["en-US", "es-US"],
    "EUR": ["de-DE", "fr-FR"],
    "CAD": ["en-CA", "fr-CA"],
    "GBP": ["en-GB"],
}
SHIPPING_METHODS: tuple[Mapping[str, object], ...] = tuple(
    {"Id": id, "Carrier": carrier, "Description": description, "Cost": Decimal(cost)}
    for id, carrier, description, cost in (
        ("STANDARD", "Pelican Post", "Standard, 5 to 8 working days", "4.95"),
        ("PRIORITY", "Pelican Post", "Priority, 2 to 3 working days", "9.50"),
        ("REGISTERED", "Pelican Post", "Registered, with a signature", "14.25"),
        ("GROUND", "Swiftline Couriers", "Ground, 3 to 5 working days", "7.00"),
        ("TWODAY", "Swiftline Couriers", "Two days", "16.75"),
        ("OVERNIGHT", "Swiftline Couriers", "Next working day", "29.90"),
    )
)
CARD_CARRIERS: tuple[Mapping[str, object], ...] = tuple(
    {"Id": id, "Description": description}
    for id, description in (
        ("DEFAULT", "Plain white folder"),
        ("THANKS", "Thank-you card with a slot"),
        ("FESTIVE", "Gold folder with a ribbon"),
        ("PLAIN", "Kraft paper sleeve"),
    )
)
BRANDINGS: tuple[Mapping[str, object], ...] = (
    {"Id": "BRAND-CLASSIC", "Name": "Classic"},
    {"Id": "BRAND-CELEBRATION", "Name": "Celebration"},
)


def products(changes: Mapping[str, object]) -> dict[str, Product]:
    """The catalogue by id; `changes` alters a product, or retires it by null."""
    catalogue = dict(_BASE)
    for id, change in changes.items():
        if isinstance(change, Mapping):
            catalogue[id] = {**catalogue.get(id, {"Id": id}), **change}
        else:
            catalogue.pop(id, None)
    return catalogue


def _product(shelf: Shelf, name: str) -> Product:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z]+", "-", plain.lower())
    return {
        "Id": shelf.id or slug.upper(),
        "Name": name,
        "ShortDescription": shelf.about,
        "LongDescription": f"<p>{shelf.about}</p><p>A gift card of {name}.</p>",
        "Type": shelf.type,
        "DenominationType": shelf.denomination_type,
        "Denominations": [Decimal(value) for value in shelf.values],
        "AvailableDeliveryTypes": list(shelf.delivery_types),
        "Terms": shelf.terms,
        "Disclaimer": f"{name} is not a sponsor of this program.",
        "RedemptionNote": "Show the code at the till, or enter it online.",
        "Meta": {
            "ShippingConfiguration": {
                "FulfillmentGroup": "CARDS" if PHYSICAL in shelf.delivery_types else "",
                "HasRequiredCardCarriers": shelf.needs_carrier,
            }
        },
        "Media": {
            "Faceplates": [
                {
                    "Name": "Default",
                    "Path": f"https://media.example.com/faceplates/{slug}.png",
                }
            ]
        },
        "Cost": {"Fee": shelf.fee, "DiscountPercentage": shelf.discount},
        "Translations": [],
        "CurrencyCode": shelf.currency,
        "CultureCodes": _CULTURES[shelf.currency],
    }


_BASE: dict[str, Product] = {
    str(product["Id"]): product
    for product in (_product(shelf, name) for shelf in SHELVES for name in shelf.names)
}
