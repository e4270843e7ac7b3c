"""From what the provider lists to rows of ours, cleaned so that a database holds them.

Texts keep their HTML; `programs.sanitize` stands between them and a page.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.numbers import list_currencies

from portal.money import Money
from portal.provider import types
from programs.models import Branding, CardCarrier, Product, ShippingMethod

# A provider that names no currency sells in its own (provider-api: 1, row 7).
CURRENCY_WHEN_UNSTATED: Final = "USD"
_CURRENCIES: Final = list_currencies()
_PERCENT_UNIT: Final = Decimal("0.0001")
_ID_LENGTH: Final = 100


def product(item: types.Product) -> Product | None:
    """An unsaved row, or None where its id, currency or price makes no sense."""
    id = _text(item.id)
    currency = _text(item.currency).upper() or CURRENCY_WHEN_UNSTATED
    sensible = (
        0 < len(id) <= _ID_LENGTH
        and currency in _CURRENCIES
        and item.fee >= 0
        and 0 <= item.discount_percent <= 100
        and all(value > 0 for value in item.denominations)
    )
    if not sensible:
        return None
    return Product(
        provider_id=id,
        name=(_line(item.name) or id)[:200],
        type=_text(item.type, 20),
        denomination_type=_text(item.denomination_type, 30),
        denominations=[_digits(value) for value in item.denominations],
        currency=currency,
        fee_minor=Money.rounded(item.fee, currency).minor,
        discount_percent=item.discount_percent.quantize(_PERCENT_UNIT, ROUND_HALF_UP),
        delivery_types=[_text(word) for word in item.delivery_types],
        short_description=_text(item.short_description),
        long_description=_text(item.long_description),
        terms=_text(item.terms),
        disclaimer=_text(item.disclaimer),
        redemption_note=_text(item.redemption_note),
        fulfillment_group=_text(item.fulfillment_group, 100),
        has_required_card_carriers=item.has_required_card_carriers,
        raw=_plain(item.raw),
    )


def shipping_method(item: types.ShippingMethod) -> ShippingMethod | None:
    """An unsaved row, or None where its id or cost makes no sense."""
    id = _text(item.id)
    if not 0 < len(id) <= _ID_LENGTH or item.cost < 0:
        return None
    return ShippingMethod(
        provider_id=id,
        carrier=_text(item.carrier, 100),
        description=_text(item.description, 250),
        cost_minor=Money.rounded(item.cost, CURRENCY_WHEN_UNSTATED).minor,
        raw=_plain(item.raw),
    )


def branding(item: types.Branding) -> Branding | None:
    """An unsaved row, or None where its id makes no sense."""
    id = _text(item.id)
    if not 0 < len(id) <= _ID_LENGTH:
        return None
    return Branding(provider_id=id, name=_line(item.name)[:200], raw=_plain(item.raw))


def card_carrier(item: types.CardCarrier) -> CardCarrier | None:
    """An unsaved row, or None where its id makes no sense."""
    id = _text(item.id)
    if not 0 < len(id) <= _ID_LENGTH:
        return None
    description = _text(item.description, 250)
    return CardCarrier(provider_id=id, description=description, raw=_plain(item.raw))


def _text(text: str, most: int | None = None) -> str:
    # PostgreSQL stores no NUL, and half a surrogate pair is no text at all.
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _line(text: str) -> str:
    # Names stand in subjects of mails, which have one line.
    return " ".join(_text(text).split())


def _digits(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _plain(value: object) -> object:
    """The same JSON with decimals as text, exactly as they were written."""
    if isinstance(value, Mapping):
        return {_text(str(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return _text(value)
    return str(value) if isinstance(value, Decimal) else value
