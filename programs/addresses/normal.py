"""The one form of an address: plain spaces, codes for names, no gap between lines."""

from dataclasses import replace
from typing import Final

from programs.addresses import countries, postcodes, rules
from programs.addresses.characters import tidy
from programs.addresses.fields import Address
from programs.addresses.rules import Rules

# Each is one city, so its post asks for none and the provider does.
_CITY_STATES: Final = frozenset({"GI", "MO", "SG"})
_LONGEST_CODE: Final = 3


def normalise(address: Address) -> Address:
    """What was typed, in its stored form; whatever is not understood stays as it is.

    Nothing is corrected here. The form of a form is itself.
    """
    typed = tidy(address.country)
    country = countries.code_of(typed) or typed
    lines = [line for text in address.lines if (line := _trimmed(text))]
    line1, line2, line3 = (*lines, "", "", "")[:3]
    normal = Address(
        country=country,
        name=_trimmed(address.name),
        line1=line1,
        line2=line2,
        line3=line3,
        city=_trimmed(address.city),
        state=_trimmed(address.state),
        postal_code=_trimmed(address.postal_code),
    )
    if country not in rules.countries():
        return normal
    return _in_codes(normal, rules.of(country))


def _in_codes(address: Address, known: Rules) -> Address:
    city, state, postcode = address.city, address.state, address.postal_code
    if found := known.state(state):
        state = found.code
    elif len(state) <= _LONGEST_CODE:
        state = _trimmed(state.upper())
    if not city and known.country in _CITY_STATES:
        city = countries.name_of(known.country)
    if postcode and known.postcode is not None:
        postcode = postcodes.shaped(postcode, known.country)
    return replace(address, city=city, state=state, postal_code=postcode)


def _trimmed(text: str) -> str:
    """Tidied, without what separated it from the next part."""
    return tidy(text).strip(" ,;")
