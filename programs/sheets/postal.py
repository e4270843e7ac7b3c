"""Rows that go by post: which those are, and the address that a row's cells make."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from programs.addresses import countries
from programs.addresses.characters import fold, tidy
from programs.addresses.fields import LINES, Address
from programs.addresses.fields import Field as Part
from programs.addresses.normal import normalise
from programs.addresses.pasting import Pasted, paste
from programs.models import Program, Sheet
from programs.sheets import kinds
from programs.sheets.fields import ADDRESS_PARTS, Field
from programs.sheets.names import words

# The kind of finding a row without an address has, if its person can be asked for one.
NO_ADDRESS: Final = "address_none"
# What says where somebody lives; a city or country alone is known of everybody.
_SAYS_WHERE: Final = (Field.ADDRESS, Field.LINE1, Field.LINE2, Field.LINE3)
_BREAKS: Final = re.compile(r"[\r\n|;]+")


class Way(StrEnum):
    """As a list's answer says it; cells have many words for it."""

    POST = "post"
    DIGITAL = "digital"


_WORDS: Final = {
    Way.POST: "post, by post, post it, posted, postal, postal mail, by mail, us mail, "
    "usps, letter, by letter, parcel, card, plastic card, physical, physical card, "
    "physicalshipment, physical shipment, ship, shipped, shipping, shipment, per post, "
    "postversand, mit der post, brief, per brief, postweg, physisch, par la poste, "
    "poste, la poste, courrier, par courrier, voie postale, physique, por correo "
    "postal, correo postal, por correo ordinario, carta, por carta, fisica, fisico",
    Way.DIGITAL: "digital, digitally, email, by email, via email, email or sms, by "
    "email or sms, email and sms, sms, by sms, text, by text, text message, mobile, "
    "phone, electronic, electronically, online, digitaldelivery, digital delivery, "
    "per email, per sms, elektronisch, par email, par sms, courriel, par courriel, "
    "numerique, electronique, por email, por sms, correo electronico, por correo "
    "electronico, electronico, electronica",
}
_WAYS: Final = {
    words(name): way for way, listed in _WORDS.items() for name in listed.split(", ")
}


@dataclass(frozen=True, slots=True)
class Written:
    """An address as a row writes it, in its normal form, and what found no place."""

    address: Address
    leftover: tuple[str, ...] = field(default=(), repr=False)


def posts(program: Program) -> bool:
    """Whether this program posts cards at all."""
    return bool(Program.DeliveryType.PHYSICAL in program.delivery_types)


def may_post(sheet: Sheet) -> bool:
    """Whether rows of this list can go by post."""
    return sheet.purpose == Sheet.Purpose.REWARDS and posts(sheet.program)


def way_of(text: str) -> Way | None:
    """What a cell says about how the row goes; None for no known word."""
    return _WAYS.get(words(text))


def has_address(values: Mapping[str, str]) -> bool:
    """Whether a row says where somebody lives, however incompletely."""
    return any(values.get(part) for part in _SAYS_WHERE)


def is_asked(fixes: Mapping[str, str]) -> bool:
    """Whether it was decided that the person is asked where they live.

    It says nothing about rows that have an address meanwhile.
    """
    return kinds.is_accepted(NO_ADDRESS, fixes)


def answered(fixes: Mapping[str, str], address: Address) -> dict[str, str]:
    """The corrections of a row whose person said where they live."""
    parts = {field.value: str(getattr(address, field)) for field in ADDRESS_PARTS}
    asked = kinds.ACCEPTED + NO_ADDRESS
    return {**{name: fixes[name] for name in fixes if name != asked}, **parts}


def address_of(values: Mapping[str, str], program: Program, name: str) -> Address:
    """A row's address in its normal form, with this name on its label, not judged.

    Empty parts but the country where the row has none: ask `has_address` before.
    """
    return written(values, program, name).address


def written(values: Mapping[str, str], program: Program, name: str = "") -> Written:
    """The same with whatever of the row's whole address found no place.

    Parts in columns of their own go before what the whole address says. Without `name`
    it is the one that stands in the whole address, if any does.
    """
    home = program.phone_region
    own = {part: values[part] for part in ADDRESS_PARTS if part in values}
    if not (whole := values.get(Field.ADDRESS, "")):
        country = own.pop(Field.COUNTRY, "") or home
        return Written(normalise(Address(country=country, name=name, **_parts(own))))
    country = countries.code_of(own.get(Field.COUNTRY, "")) or home
    pasted = paste(whole, country=country)
    if values.get(Field.CITY) and not (_has_end(pasted)):
        lines = _lines(whole)
        return Written(
            normalise(
                replace(
                    Address(country=own.pop(Field.COUNTRY, "") or home, name=name),
                    **{**lines, **_parts(own)},
                )
            )
        )
    address, leftover = _named(pasted, name)
    if own.get(Field.COUNTRY) == "":
        own[Field.COUNTRY] = home
    return Written(normalise(replace(address, **_parts(own))), leftover)


def _parts(own: Mapping[Field, str]) -> dict[str, str]:
    return {part.value: text for part, text in own.items()}


def _has_end(pasted: Pasted) -> bool:
    """Whether it was more than a street: the rest of it stands in columns, else."""
    return bool(pasted.split.postal_code or pasted.split.country)


def _lines(street: str) -> dict[str, str]:
    first, second, *rest = [*map(tidy, _BREAKS.split(street.strip())), ""]
    lines = (first, second, ", ".join(filter(None, rest)))
    return {part.value: text for part, text in zip(LINES, lines, strict=True)}


def _named(pasted: Pasted, name: str) -> tuple[Address, tuple[str, ...]]:
    """With the row's name; another one, such as a company's, becomes a line."""
    address, other = pasted.address, pasted.address.name
    if not name:
        return address, pasted.leftover
    address = replace(address, name=name)
    if not other or _is_same(name, other):
        return address, pasted.leftover
    if address.line3:
        return address, (other, *pasted.leftover)
    lines = {"line1": other, "line2": address.line1, "line3": address.line2}
    return replace(address, **lines), pasted.leftover


def _is_same(one: str, other: str) -> bool:
    """Whether two texts name one person: "Rosa Example" and "Ms Rosa M. Example"."""
    few, more = sorted((set(fold(one).split()), set(fold(other).split())), key=len)
    return few <= more


def parts_of(address: Address) -> dict[str, str]:
    """What the parts say, by our field; empty ones as well."""
    return {part: address[Part(part.value)] for part in ADDRESS_PARTS}


def one_line(address: Address) -> str:
    """Where it is, without the name, as a sentence has it."""
    town = " ".join(filter(None, (address.city, address.state, address.postal_code)))
    return ", ".join(filter(None, (*address.lines, town, address.country)))
