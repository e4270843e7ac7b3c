"""What the lines of an address say about the house, as far as words can tell.

Whether a building has apartments is known to the post alone. Here a number is missing
only where its word stands without it, "Apt" and nothing after.
"""

import re
from collections.abc import Iterable
from typing import Final

_UNIT_WORDS: Final = (
    "apt|apartment|unit|suite|ste|flat|room|rm|appt|appartement|apto|apartamento|"
    "depto|wohnung|whg"
)
# At the end of a line or a part of one, with nothing or a placeholder behind it.
_BARE_UNIT: Final = re.compile(
    rf"(?:(?P<before>[^\s,]+)\s+)?(?P<word>\b(?:{_UNIT_WORDS})\b\.?|#)\s*"
    r"(?:(?:no|nr|num|number)\b\.?)?[\s:_?#.…-]*(?=$|,)",
    re.IGNORECASE,
)
# "Garden Flat", "2nd Floor Suite", "3º apartamento": said in other words.
_SAID_BEFORE: Final = re.compile(
    r"attic|back|basement|floor|front|garden|ground|loft|lower|penthouse|rear|studio|"
    r"top|upper|\d+(?:st|nd|rd|th|er|e|[.ºª°])",
    re.IGNORECASE,
)
_BOX: Final = re.compile(
    r"\b(?:p\.?\s?o\.?\s?b(?:ox|\.)?|post(?:al)?\s+office\s+box|gpo\s+box|"
    r"locked\s+bag|postfach|postbus|postboks|bo[iî]te\s+postale|case\s+postale|"
    r"casella\s+postale|caixa\s+postal|apartado(?:\s+(?:de\s+correos|postal))?)"
    r"\W{0,3}(?:n[o°º.]{0,2}\s)?\d"
    r"|^(?:b\.?p\.?|c\.?p\.?|c\.?s\.?|box)\s?\d",
    re.IGNORECASE,
)
# General delivery: the post keeps it until it is called for.
_CALLED_FOR: Final = re.compile(
    r"\b(?:general\s+delivery|poste\s+restante|postlagernd|gd)\b", re.IGNORECASE
)
_NUMBER_WORDS: Final = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)
# Where every house has one. Elsewhere houses may have names alone.
_ALL_NUMBERED: Final = frozenset({"US", "CA", "DE", "NL"})


def bare_unit(line: str) -> str:
    """The word for an apartment that stands without its number; empty for none."""
    for bare in _BARE_UNIT.finditer(line):
        if not _SAID_BEFORE.fullmatch(bare["before"] or ""):
            return bare["word"]
    return ""


def names_unit(line: str) -> bool:
    """Whether the line begins with a word for an apartment."""
    return bool(re.match(rf"(?:{_UNIT_WORDS})\b|#", line, re.IGNORECASE))


def lacks_number(lines: Iterable[str], country: str) -> bool:
    """Whether no line has a house number in a country where each house has one."""
    return country in _ALL_NUMBERED and not any(map(may_be_house, lines))


def may_be_house(line: str) -> bool:
    """Whether the line says where: by a number, a box, or at the counter."""
    return (
        any(character.isdigit() for character in line)
        or bool(_NUMBER_WORDS.search(line))
        or bool(_CALLED_FOR.search(line))
    )


def is_box(line: str) -> bool:
    """Whether the line is a post office box; not every delivery company goes there."""
    return bool(_BOX.search(line))
