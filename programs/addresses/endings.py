"""The end of a pasted address: its city, state and postcode, in any usual order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from programs.addresses import postcodes, premises, rules
from programs.addresses.characters import fold
from programs.addresses.country_ends import SEPARATORS, Part
from programs.addresses.rules import Rules

_MOST_WORDS: Final = 4
# How far from the end a postcode may stand, counted in parts.
_REACH: Final = 3
_DIGITS: Final = re.compile(r"(?<![\w-])[0-9]{4,6}(?!\S)")
_CEDEX: Final = re.compile(r"\bcedex\b", re.IGNORECASE)
_DISTRICT: Final = re.compile(r"(?:dublin|baile átha cliath) \d{1,2}w?", re.IGNORECASE)
# British addresses need none, and what stands before one is the town.
_COUNTY_NAMES: Final = (
    "Bedfordshire,Berkshire,Buckinghamshire,Cambridgeshire,Cheshire,Cornwall,"
    "County Durham,Co Durham,Cumbria,Derbyshire,Devon,Dorset,East Sussex,Essex,"
    "Gloucestershire,Greater London,Greater Manchester,Hampshire,Herefordshire,"
    "Hertfordshire,Kent,Lancashire,Leicestershire,Lincolnshire,Merseyside,"
    "Middlesex,Norfolk,North Yorkshire,Northamptonshire,Northumberland,"
    "Nottinghamshire,Oxfordshire,Shropshire,Somerset,South Yorkshire,"
    "Staffordshire,Suffolk,Surrey,Tyne and Wear,Warwickshire,West Midlands,"
    "West Sussex,West Yorkshire,Wiltshire,Worcestershire,Aberdeenshire,"
    "Co Antrim,County Antrim,Co Down,County Down,Dyfed,Fife,Gwent,Gwynedd,"
    "Mid Glamorgan,Powys,South Glamorgan,West Glamorgan"
)
_COUNTIES: Final = frozenset(map(fold, _COUNTY_NAMES.split(",")))


@dataclass(frozen=True, slots=True)
class Ending:
    """What was read, in the words of the text; `parts` are those before it."""

    parts: list[Part]
    country: str
    city: str = ""
    state: str = ""
    postal_code: str = ""
    leftover: tuple[str, ...] = ()


def read_ending(parts: list[Part], *, country: str, home: str) -> Ending:
    """Read the parts by the country's order, or by the one they fit.

    Without a country that is `home`, then those whose postcodes are unmistakable.
    """
    if country:
        known = rules.of(country)
        return (
            _with_postcode(parts, known)
            or _with_postcode(parts, known, is_usual=False)
            or _with_state(parts, known)
            or _with_street(parts, country)
        )
    codes = _likely(parts, home)
    for is_usual in (True, False):
        for code in codes:
            ending = _with_postcode(parts, rules.of(code), is_usual=is_usual)
            # Five digits alone could be of many countries.
            if ending and (code != "US" or ending.state or code == home):
                return ending
    if ending := _by_digits(parts):
        return ending
    for code in dict.fromkeys([home, "US", "CA"]):
        if code in rules.countries() and (ending := _with_state(parts, rules.of(code))):
            return ending
    return _with_street(parts, home if home in rules.countries() else "")


def _likely(parts: Sequence[Part], home: str) -> list[str]:
    texts = [part.text for part in parts[-_REACH:]]
    prefixes = [postcodes.country_of_prefix(text) for text in texts]
    cedex = ["FR"] if any(map(_CEDEX.search, texts)) else []
    codes = [*prefixes, *cedex, home, "GB", "CA", "US"]
    return [code for code in dict.fromkeys(codes) if code in rules.countries()]


def _with_postcode(
    parts: list[Part], known: Rules, *, is_usual: bool = True
) -> Ending | None:
    """By the postcode nearest to the end, in the country's order or in the other."""
    has_letters = any(map(str.isalpha, "".join(known.examples)))
    if known.postcode is None or not (
        # "12345 Main Street" is no city after its postcode.
        is_usual or known.is_postcode_first or has_letters
    ):
        return None
    is_first = known.is_postcode_first == is_usual
    return _in_order(parts, known, _pattern(known.country), is_first)


def _by_digits(parts: list[Part]) -> Ending | None:
    """A postcode before its city, as most countries write it; which one is unclear."""
    nowhere = replace(rules.of("DE"), country="")
    return _in_order(parts, nowhere, _DIGITS, True)


@cache
def _pattern(country: str) -> re.Pattern[str]:
    known = rules.of(country)
    # Other separators than the data's are read, too.
    postcode = known.postcode.pattern.replace(" ?", "[ -]?") if known.postcode else ""
    return re.compile(
        rf"(?<![\w-])(?:[A-Z]{{1,2}}\s?[-–]\s?)?(?:{postcode})(?![\w-])",
        re.ASCII | re.IGNORECASE,
    )


def _in_order(
    parts: list[Part], known: Rules, pattern: re.Pattern[str], is_first: bool
) -> Ending | None:
    for index in range(len(parts) - 1, max(-1, len(parts) - 1 - _REACH), -1):
        part, after = parts[index], parts[index + 1 :]
        for match in reversed(list(pattern.finditer(part.text))):
            rest = [*parts[:index], *_within(part, 0, match.start())]
            towns = [*_within(part, match.end(), len(part.text)), *after]
            if is_first and towns:
                return _city_after(rest, match.group(), towns, known)
            is_end = not towns or (
                len(towns) == 1 and rules.is_state(towns[0].text, known.country)
            )
            if not is_first and is_end:
                return _city_before(rest, match.group(), towns, known)
    return None


def _within(part: Part, start: int, end: int) -> list[Part]:
    text = part.text[start:end].strip(SEPARATORS)
    return [replace(part, text=text)] if text else []


def _city_after(
    rest: list[Part], postcode: str, towns: list[Part], known: Rules
) -> Ending:
    town, *others = (part.text for part in towns)
    city, state = _off_the_end(town, known)
    if not city:
        # Madrid is a province, too, but a city was due.
        city, state = town, ""
    if not state and others and rules.is_state(others[0], known.country):
        state, *others = others
    state = state.strip(SEPARATORS)
    return Ending(rest, known.country, city, state, postcode, tuple(others))


def _city_before(
    rest: list[Part], postcode: str, after: list[Part], known: Rules
) -> Ending:
    ending = Ending(rest, known.country, postal_code=postcode)
    if after:
        return _city_last(replace(ending, state=after[0].text))
    if not rest:
        return ending
    *before, last = rest
    if known.country == "GB" and before and fold(last.text) in _COUNTIES:
        ending = replace(ending, parts=before, leftover=(last.text,))
        return _city_last(ending)
    city, state = _off_the_end(last.text, known)
    if not state:
        return _city_last(ending)
    ending = replace(ending, parts=before, state=state)
    if city:
        rest = [*before, replace(last, text=city)]
        return _city_last(replace(ending, parts=rest))
    if (not before or _is_street(before[-1].text)) and not _is_code(state):
        # "New York 10001": a state as well, but a city was due.
        return replace(ending, city=state, state="")
    return _city_last(ending)


def _city_last(ending: Ending) -> Ending:
    """Take the city off the end of the parts, unless a street or more stands there."""
    if not ending.parts:
        return ending
    *before, last = ending.parts
    is_mixed = not before and len(last.text.split()) >= _MOST_WORDS
    if is_mixed or _is_street(last.text):
        return ending
    return replace(ending, parts=before, city=last.text)


def _with_state(parts: list[Part], known: Rules) -> Ending | None:
    """By a state at the end that is no other word: a code, or alone between commas."""
    if not parts:
        return None
    *before, last = parts
    city, state = _off_the_end(last.text, known)
    is_alone = bool(before) and not city
    if not state or not (is_alone or (_is_code(state) and city)):
        return None
    rest = [*before, replace(last, text=city)] if city else before
    return _city_last(Ending(rest, known.country, state=state))


def _with_street(parts: list[Part], country: str) -> Ending:
    """With a city only where a street stands before it."""
    ending = Ending(parts, country)
    if any(premises.may_be_house(part.text) for part in parts[:-1]):
        return _city_last(ending)
    return ending


def _off_the_end(text: str, known: Rules) -> tuple[str, str]:
    """What stands before a state at the end of the text, and the state's words."""
    city, _hyphen, state = text.rpartition("-")
    if "-%S" in known.layout and rules.is_state(state, known.country):
        return city.strip(SEPARATORS), state.strip(SEPARATORS)
    words = text.split()
    for count in range(min(_MOST_WORDS, len(words)), 0, -1):
        state = " ".join(words[-count:]).strip(SEPARATORS)
        if rules.is_state(state, known.country):
            return " ".join(words[:-count]).strip(SEPARATORS), state
    return text.strip(SEPARATORS), ""


def _is_code(state: str) -> bool:
    return state.isupper() and len(fold(state)) <= len("NSW")


def _is_street(text: str) -> bool:
    has_digit = any(map(str.isdigit, text)) and not _DISTRICT.fullmatch(text)
    return has_digit or premises.is_box(text) or premises.names_unit(text)
