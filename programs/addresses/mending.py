"""Corrections that can be offered because there is only one likely meaning."""

from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from programs.addresses import postcodes, rules
from programs.addresses.characters import fold
from programs.addresses.fields import Address
from programs.addresses.rules import Rules, State

# Countries of their own in ISO 3166, states to the United States Postal Service.
_TERRITORIES: Final = frozenset({"AS", "FM", "GU", "MH", "MP", "PR", "PW", "VI"})
# One slip in a name of five letters, more in a longer one.
_ALIKE: Final = 0.8
_FEWEST_LETTERS: Final = 4
_MOST_LETTERS: Final = 50


def is_territory(address: Address) -> bool:
    """Whether the country is one that the post takes for a state."""
    return address.country in _TERRITORIES


def mended(address: Address) -> Address:
    """The address with what it probably means; as it is where that is unclear."""
    if is_territory(address):
        address = replace(address, country="US", state=address.country)
    if address.country not in rules.countries():
        return address
    return _with_postcode(_with_state(address, rules.of(address.country)))


def _with_state(address: Address, known: Rules) -> Address:
    """By its name, if that is nearly one; else by a postcode that is right as it is.

    A state that was typed and that the postcode speaks against is not guessed.
    """
    if not known.states or known.state(address.state):
        return address
    postcode = address.postal_code
    is_whole = bool(postcode) and known.is_postcode(postcode)
    folded = fold(address.state)
    is_name = _FEWEST_LETTERS <= len(folded) <= _MOST_LETTERS
    if near := _nearly(folded, known.country) if is_name else None:
        likely = [near] if not is_whole or near.may_have(postcode) else []
    else:
        likely = known.states_with(postcode) if is_whole else []
    return replace(address, state=likely[0].code) if len(likely) == 1 else address


def _with_postcode(address: Address) -> Address:
    """By the slips of `postcodes.mended`; where there are states, in the one given."""
    known, postcode = rules.of(address.country), address.postal_code
    state = known.state(address.state)
    if not postcode or known.is_postcode(postcode) or (known.states and not state):
        return address
    better = postcodes.mended(postcode, known.country, state)
    return replace(address, postal_code=better or postcode)


@lru_cache(maxsize=4096)
def _nearly(folded: str, country: str) -> State | None:
    """The one state with a name so alike; codes are too short to be alike."""
    spellings = rules.of(country).spellings
    near = get_close_matches(folded, spellings, n=2, cutoff=_ALIKE)
    states = {spellings[name].code: spellings[name] for name in near}
    return next(iter(states.values())) if len(states) == 1 else None
