"""The country at the end of a pasted address, under any name it goes by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from programs.addresses import countries, postcodes, rules
from programs.addresses.characters import fold

SEPARATORS: Final = " ,.;()[]-\N{EN DASH}"
# Some of their states are called like a country, or end in its name: New Mexico.
_LONG_STATES: Final = ("US", "CA", "AU")
_MOST_WORDS: Final = 4
_LINKS: Final = frozenset({"de", "del", "des", "di", "do", "da", "du", "la", "of"})
# Their city is called like them: in "98000 Monaco" it is not only the country.
_CITIES: Final = frozenset({"GG", "GI", "JE", "KW", "LU", "MC", "SG", "SM", "VA"})


@dataclass(frozen=True, slots=True)
class Part:
    """Text between two commas, and the line it stands in."""

    text: str
    line: int


def country_named(parts: list[Part], *, home: str) -> tuple[list[Part], str, str]:
    """The parts before a country at the end, its words, and its code."""
    if not parts:
        return parts, "", ""
    *before, last = parts
    if _is_country(last.text, before, home):
        return before, last.text, _code_of(last.text)
    words = last.text.split()
    if code := _city_called_like_country(words):
        return parts, "", code
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        head, tail = words[:-count], " ".join(words[-count:])
        if any(rules.is_state(tail, country) for country in (*_LONG_STATES, home)):
            break
        if (code := _code_of(tail)) and fold(head[-1]) not in _LINKS:
            kept = " ".join(head).rstrip(SEPARATORS)
            rest = [replace(last, text=kept)] if kept else []
            return [*before, *rest], tail, code
    return parts, "", ""


def _is_country(text: str, before: Sequence[Part], home: str) -> bool:
    """Whether a part that could be a state as well stands for its country.

    CA is Canada after a postcode, and California after Los Angeles.
    """
    code = _code_of(text)
    if len(text) == len(code):
        is_state = any(rules.is_state(text, country) for country in _LONG_STATES)
        follows_postcode = any(map(str.isdigit, before[-1].text[-3:] if before else ""))
        return not is_state or code == home or follows_postcode
    return bool(code) and not rules.is_state(text, home)


def _city_called_like_country(words: Sequence[str]) -> str:
    """The country of "Singapore 178897" or "98000 Monaco"; empty for anything else."""
    first, *behind = words
    *before, last = words
    for name, postcode in ((first, behind), (last, before)):
        code, text = _code_of(name), " ".join(postcode)
        if code in _CITIES and len(name) > len("SGP") and text:
            shaped = postcodes.shaped(text, code)
            return code if rules.of(code).is_postcode(shaped) else ""
    return ""


def _code_of(text: str) -> str:
    """The country of a name, or of a code in capitals."""
    is_word = len(fold(text)) > 2 or text.isupper()
    return countries.code_of(text) if is_word else ""
