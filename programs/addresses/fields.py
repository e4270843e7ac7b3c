"""The parts of an address: what a form asks for in each country, and under which name.

Limits are the provider's (provider-api: PhysicalDeliveryAddress).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.addresses import countries, rules
from programs.addresses.rules import Rules


class Field(StrEnum):
    COUNTRY = "country"
    NAME = "name"
    LINE1 = "line1"
    LINE2 = "line2"
    LINE3 = "line3"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"


LINES: Final = (Field.LINE1, Field.LINE2, Field.LINE3)
# The provider refuses an address without them, whatever the country's post says. A
# state and a country are exactly two letters.
WANTED: Final = frozenset(Field) - {Field.LINE2, Field.LINE3}
MOST: Final[Mapping[Field, int]] = {
    Field.COUNTRY: 2,
    Field.NAME: 150,
    Field.LINE1: 100,
    Field.LINE2: 100,
    Field.LINE3: 100,
    Field.CITY: 100,
    Field.STATE: 2,
    Field.POSTAL_CODE: 50,
}
# Of HTML; the town of any country is its level 2.
AUTOCOMPLETE: Final[Mapping[Field, str]] = {
    Field.COUNTRY: "country",
    Field.NAME: "name",
    Field.LINE1: "address-line1",
    Field.LINE2: "address-line2",
    Field.LINE3: "address-line3",
    Field.CITY: "address-level2",
    Field.STATE: "address-level1",
    Field.POSTAL_CODE: "postal-code",
}
_LABELS: Final[Mapping[Field, Promise]] = {
    Field.COUNTRY: _("Country"),
    Field.NAME: _("Name"),
    Field.LINE1: _("Address line 1"),
    Field.LINE2: _("Address line 2"),
    Field.LINE3: _("Address line 3"),
    Field.CITY: _("City"),
    Field.STATE: _("State"),
    Field.POSTAL_CODE: _("Postal code"),
}
_CITIES: Final[Mapping[str, Promise]] = {
    "district": _("District"),
    "post_town": _("Town"),
    "suburb": _("Suburb"),
}
_STATES: Final[Mapping[str, Promise]] = {
    "area": _("Area"),
    "county": _("County"),
    "department": _("Department"),
    "district": _("District"),
    "do_si": _("Province"),
    "emirate": _("Emirate"),
    "island": _("Island"),
    "oblast": _("Oblast"),
    "parish": _("Parish"),
    "prefecture": _("Prefecture"),
    "province": _("Province"),
}
_POSTCODES: Final[Mapping[str, Promise]] = {
    "eircode": _("Eircode"),
    "pin": _("PIN code"),
    "zip": _("ZIP code"),
}
_SAY_POSTCODE: Final = frozenset({"AU", "GB", "GG", "IM", "JE", "NL", "NZ"})
_LETTERS: Final = {"C": Field.CITY, "S": Field.STATE, "Z": Field.POSTAL_CODE}
_IN_LAYOUT: Final = re.compile("%([CSZ])").findall


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """As it goes to the provider; `country` is ISO 3166, `state` the code of its own.

    Empty means there is none. Nobody's address is shown by its repr.
    """

    country: str
    name: str = field(default="", repr=False)
    line1: str = field(default="", repr=False)
    line2: str = field(default="", repr=False)
    line3: str = field(default="", repr=False)
    city: str = field(default="", repr=False)
    state: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)

    def __getitem__(self, part: Field) -> str:
        text: str = getattr(self, part)
        return text

    @property
    def lines(self) -> tuple[str, str, str]:
        return self.line1, self.line2, self.line3


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """How a form asks for one part in one country.

    `is_postal` is False for what the country's addresses lack and the provider wants
    all the same; `is_required` says that one of them refuses an address without it.
    `choices` are codes and names, `example` stands beside the field.
    """

    field: Field
    label: str | Promise
    most: int
    autocomplete: str
    is_postal: bool
    is_required: bool
    choices: tuple[tuple[str, str], ...] = ()
    example: str = ""


@cache
def fields_of(country: str) -> tuple[FieldRule, ...]:
    """What a form asks for, in the order in which the country writes it.

    Raises KeyError for a country whose rules are unknown.
    """
    known = rules.of(country)
    letters = _IN_LAYOUT(known.layout)
    # A city the post does without is asked for in front, what else it lacks behind.
    tail = [*([] if "C" in letters else "C"), *letters]
    tail += [letter for letter in _LETTERS if letter not in tail]
    return tuple(
        FieldRule(
            field=part,
            label=label(part, country),
            most=MOST[part],
            autocomplete=AUTOCOMPLETE[part],
            is_postal=is_postal(part, known),
            is_required=part in WANTED,
            choices=_choices(part, known),
            example=known.examples[0] if part == Field.POSTAL_CODE else "",
        )
        for part in (
            Field.COUNTRY,
            Field.NAME,
            *LINES,
            *map(_LETTERS.__getitem__, tail),
        )
    )


def label(part: Field, country: str) -> Promise:
    """The part's name as its country calls it; any text may stand for the country."""
    if country in rules.countries():
        known = rules.of(country)
        if part == Field.CITY:
            return _CITIES.get(known.city_kind, _LABELS[part])
        if part == Field.STATE and known.has("S"):
            return _STATES.get(known.state_kind, _LABELS[part])
        if part == Field.POSTAL_CODE and country in _SAY_POSTCODE:
            return _("Postcode")
        if part == Field.POSTAL_CODE:
            return _POSTCODES.get(known.postcode_kind, _LABELS[part])
    return _LABELS[part]


def is_postal(part: Field, known: Rules) -> bool:
    """Whether the country's addresses have this part."""
    letters = [letter for letter, own in _LETTERS.items() if own == part]
    return all(known.has(letter) for letter in letters)


def is_required_by_post(part: Field, known: Rules) -> bool:
    """Whether the country's post, and not only the provider, wants this part."""
    letters = [letter for letter, own in _LETTERS.items() if own == part]
    return part in WANTED and all(letter in known.required for letter in letters)


def _choices(part: Field, known: Rules) -> tuple[tuple[str, str], ...]:
    if part == Field.COUNTRY:
        return countries.choices()
    if part == Field.STATE:
        return tuple((state.code, state.name) for state in known.states)
    return ()
