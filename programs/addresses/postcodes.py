"""Postcodes in the form their country prints them, and slips that can be undone."""

import re
from functools import lru_cache
from typing import Final

from programs.addresses import rules
from programs.addresses.characters import tidy
from programs.addresses.rules import Rules, State

# Letters in front as on cars, from the days before country names: D-10117, CH-8001.
_CAR_CODES: Final = {"D": "DE", "F": "FR", "I": "IT", "E": "ES", "A": "AT", "B": "BE"}
_PREFIX: Final = re.compile(r"([A-Z]{1,2})\s?[-\N{EN DASH}]\s?(?=\d)")
_SEPARATORS: Final = re.compile(r"[\s.\N{EN DASH}-]+")
_LONGEST: Final = 20
_DIGITS: Final = {"O": "0", "I": "1", "L": "1"}
_LETTERS: Final = {"0": "O", "1": "I"}
# What a spreadsheet leaves of 00909.
_MOST_LOST_ZEROS: Final = 2
_FEWEST_LEFT: Final = 3


def shaped(text: str, country: str) -> str:
    """In the country's form; what is no postcode of it stays, in capitals."""
    typed = tidy(text.upper())
    return typed if len(typed) > _LONGEST else _shaped(typed, country)


@lru_cache(maxsize=20_000)
def _shaped(typed: str, country: str) -> str:
    known = rules.of(country)
    bare = _PREFIX.sub("", typed, 1) if country_of_prefix(typed) == country else typed
    compact = _SEPARATORS.sub("", bare)
    forms = [*_like_examples(compact, known), bare, *_parted(compact)]
    # In Latvia what stands before the digits is a part of the postcode.
    forms.append(f"{country}-{compact}")
    return next((form for form in forms if _is_whole(form, known)), bare)


def country_of_prefix(text: str) -> str:
    """The country that D- or CH- in front of a postcode names; empty without one."""
    prefix = _PREFIX.match(text)
    if not prefix:
        return ""
    code = _CAR_CODES.get(prefix[1], prefix[1])
    return code if code in rules.countries() else ""


def mended(text: str, country: str, state: State | None) -> str:
    """What a postcode of a wrong shape is meant to be, if there is just one guess.

    Undone are zeros that a spreadsheet took off and letters typed for digits, O for 0,
    or the other way round. A guess lies in the state, where one is given.
    """
    known = rules.of(country)
    compact = _SEPARATORS.sub("", text.upper())
    if len(compact) > _LONGEST:
        return ""
    guesses = {
        shaped(guess, country)
        for guess in (*_with_zeros(compact, known), *_retyped(compact, known))
    }
    likely = [
        guess
        for guess in guesses
        if _is_whole(guess, known) and (state is None or state.may_have(guess))
    ]
    return likely[0] if len(likely) == 1 else ""


def _is_whole(text: str, known: Rules) -> bool:
    return known.postcode is not None and known.is_postcode(text)


def _like_examples(compact: str, known: Rules) -> list[str]:
    """With the separators that an example of the same letters and digits has."""
    return [
        _filled(compact, example)
        for example in known.examples
        if _shape(_SEPARATORS.sub("", example)) == _shape(compact)
    ]


def _shape(text: str) -> str:
    return "".join("9" if c.isdigit() else "A" if c.isalpha() else c for c in text)


def _filled(compact: str, example: str) -> str:
    characters = iter(compact)
    return "".join(next(characters) if c.isalnum() else c for c in example)


def _parted(compact: str) -> list[str]:
    """Whole, and with a space or a hyphen wherever one may stand."""
    return [
        compact,
        *(
            f"{compact[:at]}{separator}{compact[at:]}"
            for at in range(1, len(compact))
            for separator in (" ", "-")
        ),
    ]


def _with_zeros(compact: str, known: Rules) -> list[str]:
    if not (compact.isdecimal() and len(compact) >= _FEWEST_LEFT):
        return []
    lengths = {
        len(digits)
        for example in known.examples
        if (digits := _SEPARATORS.sub("", example)).isdecimal()
    }
    return [
        compact.zfill(length)
        for length in sorted(lengths)
        if 0 < length - len(compact) <= _MOST_LOST_ZEROS
    ]


def _retyped(compact: str, known: Rules) -> list[str]:
    shapes = {_shape(_SEPARATORS.sub("", example)) for example in known.examples}
    return [
        "".join(
            _DIGITS.get(c, c) if wanted == "9" else _LETTERS.get(c, c)
            for c, wanted in zip(compact, shape, strict=True)
        )
        for shape in sorted(shapes)
        if len(shape) == len(compact)
    ]
