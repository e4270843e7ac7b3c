"""What the provider tells us, as values that travel: frozen, typed, amounts exact.

Anything that names a person or opens a card is kept out of `repr`, so that a log line
or a traceback cannot carry it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

Raw: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and the life the provider stated for it (provider-api: 4)."""

    value: str = field(repr=False)
    expires_in: int

    @property
    def usable_for(self) -> float:
        """Seconds from issue until it should be renewed, a little early.

        The unit of ExpiresIn is not settled. Taken as seconds, the shorter reading,
        being wrong costs only extra token calls (provider-api: 1, row 2).
        """
        return self.expires_in - min(60.0, self.expires_in / 5)


@dataclass(frozen=True, slots=True)
class Faceplate:
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Product:
    """One item of the catalogue (provider-api: 6). Texts may contain hostile HTML.

    `denominations` lists the values of a "Fixed" product and holds [min, max] of a
    "Variable" (any cent) or "VariableNoCents" one. `fee` is per unit, in `currency`;
    11 in `discount_percent` makes a 100.00 card cost 89.00. `currency` is empty where
    the provider states none.
    """

    id: str
    name: str
    short_description: str
    long_description: str
    type: str
    denomination_type: str
    denominations: tuple[Decimal, ...]
    delivery_types: tuple[str, ...]
    currency: str
    fee: Decimal
    discount_percent: Decimal
    terms: str
    disclaimer: str
    redemption_note: str
    fulfillment_group: str
    has_required_card_carriers: bool
    culture_codes: tuple[str, ...]
    faceplates: tuple[Faceplate, ...]
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShippingMethod:
    """A way to post a card. Whether `cost` is per order or line is not known."""

    id: str
    carrier: str
    description: str
    cost: Decimal
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class Branding:
    """A look the provider can give a reward; its schema is not documented."""

    id: str
    name: str
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardCarrier:
    """The printed sheet that holds a card; no parcel company (provider-api: 7)."""

    id: str
    description: str
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedAddress:
    """An address of the United States as the provider knows it; `state` is its code."""

    line1: str = field(repr=False)
    line2: str = field(repr=False)
    line3: str = field(repr=False)
    city: str = field(repr=False)
    state: str = field(repr=False)
    zip: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClaimData:
    """One link of a Links order. Link and answer together are worth money."""

    id: str
    link: str = field(repr=False)
    challenge_answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A line item as the provider sees it; `status` is its own word, unchecked."""

    id: str
    status: str
    external_id: str
    product_id: str
    value: Decimal | None
    quantity: int | None
    cost: Decimal | None
    email: str = field(repr=False)
    sms: str = field(repr=False)
    claims: tuple[ClaimData, ...] = field(repr=False)
    raw: Raw = field(repr=False)
    # Of a parcel, as `bodies.label` makes it; empty where none is shown.
    label: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ProviderOrder:
    """An order as the provider sees it; `status` is its own word, unchecked."""

    id: str
    po_number: str
    type: str
    status: str
    lines: tuple[ProviderLine, ...]
    # The address we gave, where it is echoed; unguessable, it proves whose order it is.
    webhook_url: str = field(repr=False)
    raw: Raw = field(repr=False)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What the provider refuses about one field; messages may quote the value."""

    path: str
    messages: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Created:
    """201: the order stands."""

    order: ProviderOrder


@dataclass(frozen=True, slots=True)
class Duplicate:
    """409: the PONumber is taken, by these orders where the answer named any."""

    order_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """400: nothing was ordered; empty where the reasons could not be read."""

    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True)
class InsufficientFunds:
    """422: nothing was ordered; the amounts where the answer named them."""

    available_balance: Decimal | None
    order_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything else: the order may or may not stand. Retry the same bytes.

    `denied` says our credentials were refused, which only a person can mend.
    """

    reason: str
    denied: bool = False
    retry_after: float | None = None


Outcome: TypeAlias = Created | Duplicate | Refused | InsufficientFunds | Unknown
