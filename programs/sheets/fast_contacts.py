"""Contacts of long lists, read as `programs.contacts` reads them, only sooner.

What a pattern recognises as plain is taken at once; everything else goes the long way.
"""

import re
from functools import cache, lru_cache
from typing import Any, Final

from phonenumbers import PhoneMetadata

from programs import contacts
from programs.contacts import BadContact

_MOST_LOCAL: Final = 64
_PLAIN_EMAIL: Final = re.compile(
    r"([a-z0-9_+'-]+(?:\.[a-z0-9_+'-]+)*)@([a-z0-9.-]+\.[a-z0-9-]+)"
).fullmatch
# The North American plan: with its code, or without where that is the region's own.
_NORTH_AMERICAN: Final = re.compile(
    r"(\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]?([2-9][0-9]{2})[ .-]?([0-9]{4})"
).fullmatch
_ITS_REGIONS: Final = frozenset({"US", "CA"})


def email(text: str) -> str:
    """As contacts.normal_email. Raises BadContact."""
    if text.isascii() and len(text) <= contacts.MOST_EMAIL:
        plain = _PLAIN_EMAIL(text.lower())
        if plain and len(plain[1]) <= _MOST_LOCAL and (domain := _domain(plain[2])):
            return f"{plain[1]}@{domain}"
    return contacts.normal_email(text)


def phone(text: str, region: str) -> str:
    """As contacts.normal_phone. Raises BadContact."""
    if plain := _NORTH_AMERICAN(text):
        code, area, exchange, line = plain.groups()
        is_at_home = region in _ITS_REGIONS or (code and code[0] == "+")
        number = f"{area}{exchange}{line}"
        # The plan's first region: what is valid there is asked of no other.
        if is_at_home and _american().fullmatch(number):
            return f"+1{number}"
    return contacts.normal_phone(text, region)


@lru_cache(maxsize=20_000)
def _domain(domain: str) -> str:
    """In its stored form; empty if it is none, which the long way explains."""
    try:
        return contacts.normal_email(f"a@{domain}")[2:]
    except BadContact:
        return ""


@cache
def _american() -> re.Pattern[str]:
    metadata: Any = PhoneMetadata.metadata_for_region("US")
    return re.compile(metadata.fixed_line.national_number_pattern)
