"""What a list can tell us: our fields, and where a row's value for one comes from."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Field(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PRODUCT = "product"
    VALUE = "value"
    QUANTITY = "quantity"
    TO_NAME = "to_name"
    FROM_NAME = "from_name"
    MESSAGE = "message"
    DELIVER_AT = "deliver_at"
    EXTERNAL_ID = "external_id"
    CONSENT_SOURCE = "consent_source"
    CONSENT_ON = "consent_on"
    LANGUAGE = "language"
    WAY = "way"
    ADDRESS = "address"
    LINE1 = "line1"
    LINE2 = "line2"
    LINE3 = "line3"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    COUNTRY = "country"
    SHIPPING_METHOD = "shipping_method"
    CARD_CARRIER = "card_carrier"
    NEEDED_BY = "needed_by"


LABELS: Final[Mapping[Field, str | Promise]] = {
    Field.EMAIL: _("E-mail"),
    Field.PHONE: _("Mobile"),
    Field.NAME: _("Name"),
    Field.FIRST_NAME: _("First name"),
    Field.LAST_NAME: _("Last name"),
    Field.PRODUCT: _("Product"),
    Field.VALUE: _("Value"),
    Field.QUANTITY: _("Quantity"),
    Field.TO_NAME: _("To"),
    Field.FROM_NAME: _("From name"),
    Field.MESSAGE: _("Message"),
    Field.DELIVER_AT: _("Delivery date"),
    Field.EXTERNAL_ID: _("Your id"),
    Field.CONSENT_SOURCE: _("Consent source"),
    Field.CONSENT_ON: _("Consent date"),
    Field.LANGUAGE: _("Language"),
    Field.WAY: _("How it goes"),
    Field.ADDRESS: _("Whole address"),
    Field.LINE1: _("Address line 1"),
    Field.LINE2: _("Address line 2"),
    Field.LINE3: _("Address line 3"),
    Field.CITY: _("City"),
    Field.STATE: _("State"),
    Field.POSTAL_CODE: _("Postal code"),
    Field.COUNTRY: _("Country"),
    Field.SHIPPING_METHOD: _("Shipping method"),
    Field.CARD_CARRIER: _("Card carrier"),
    Field.NEEDED_BY: _("Needed by"),
}

# What can be said once for the whole list instead of in a column.
ANSWERABLE: Final = frozenset(
    {
        Field.PRODUCT,
        Field.VALUE,
        Field.QUANTITY,
        Field.FROM_NAME,
        Field.MESSAGE,
        Field.DELIVER_AT,
        Field.CONSENT_SOURCE,
        Field.CONSENT_ON,
        Field.WAY,
        Field.COUNTRY,
        Field.SHIPPING_METHOD,
        Field.CARD_CARRIER,
        Field.NEEDED_BY,
    }
)
# The parts an address may come in, besides the name.
ADDRESS_PARTS: Final = (
    Field.LINE1,
    Field.LINE2,
    Field.LINE3,
    Field.CITY,
    Field.STATE,
    Field.POSTAL_CODE,
    Field.COUNTRY,
)
# Of use only to a program that posts cards.
OF_POST: Final = frozenset(
    {
        Field.WAY,
        Field.ADDRESS,
        *ADDRESS_PARTS,
        Field.SHIPPING_METHOD,
        Field.CARD_CARRIER,
        Field.NEEDED_BY,
    }
)
# A list for the address book has people and their consent, and no rewards.
OF_PEOPLE: Final = frozenset(
    {
        Field.EMAIL,
        Field.PHONE,
        Field.NAME,
        Field.FIRST_NAME,
        Field.LAST_NAME,
        Field.EXTERNAL_ID,
        Field.CONSENT_SOURCE,
        Field.CONSENT_ON,
        Field.LANGUAGE,
    }
)


def asked(*, of_people: bool, posts: bool) -> list[Field]:
    """The fields such a list may have, in our order.

    `of_people`: it is for the address book; `posts`: its program posts cards.
    """
    return [
        field
        for field in Field
        if (field in OF_PEOPLE if of_people else posts or field not in OF_POST)
    ]


def values_of(
    cells: Sequence[str],
    fixes: Mapping[str, str],
    mapping: Mapping[str, int],
    answers: Mapping[str, str],
) -> dict[str, str]:
    """A row's text for each of our fields: the fix, else the cell, else the answer.

    An empty cell in a mapped column falls back on the answer for the whole list.
    """
    values = dict(answers)
    for field, index in mapping.items():
        if index < len(cells) and (cell := cells[index].strip()):
            values[field] = cell
    values.update(fixes)
    return values
