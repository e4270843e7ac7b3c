"""How large a text can be printed where it has to fit, without asking a browser."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_MILLIMETRES_PER_POINT: Final = 25.4 / 72
_LINE_HEIGHT: Final = 1.2
# The widest letters of usual fonts, in em; all else is narrower than the last.
_WIDE: Final = frozenset("MW@%mw—…")
_WIDE_EM: Final = 1.0
_CAPITAL_EM: Final = 0.8
_USUAL_EM: Final = 0.66


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet of labels: how many are on it, and the place for text on each, in mm."""

    per_page: int
    width: float
    height: float


# 63.5 x 33.9 mm, three by eight; 66.7 x 25.4 mm, three by ten. Less the white within.
STOCKS: Final[Mapping[str, Stock]] = {
    "a4": Stock(24, 58.0, 30.5),
    "letter": Stock(30, 61.0, 22.6),
}
# In points, the largest first, with the names the style sheet has for them.
SIZES: Final[Sequence[tuple[str, float]]] = (
    ("large", 10),
    ("medium", 8),
    ("small", 6.5),
)
# The words of a packing slip, less its headings and its foot.
_SLIP: Final = Stock(1, 170, 140)
# As if all of them were as large as the address.
_SLIP_POINTS: Final = 13.5


def size_for(lines: Sequence[str], stock: Stock) -> str:
    """The largest size at which these lines fit; empty where none does."""
    return next((name for name, points in SIZES if _fits(lines, stock, points)), "")


def is_dense(lines: Sequence[str]) -> bool:
    """Whether a slip with these lines needs its small letters to stay one page."""
    return not _fits(lines, _SLIP, _SLIP_POINTS)


def _fits(lines: Sequence[str], stock: Stock, points: float) -> bool:
    em = points * _MILLIMETRES_PER_POINT
    room = int(stock.height / (em * _LINE_HEIGHT))
    return sum(_rows(line, stock.width / em) for line in lines) <= room


def _rows(line: str, width: float) -> int:
    """How many rows of this width, in em, the words of a line take."""
    rows, left = 1, width
    for word in _unbroken(line):
        needed = sum(map(_em, word))
        if needed <= left:
            left -= needed
            continue
        if left < width:
            rows += 1
        # A word longer than the label is broken anywhere.
        over = math.ceil(needed / width) - 1
        rows += over
        left = width - (needed - over * width)
    return rows


def _unbroken(line: str) -> Iterator[str]:
    """Words with the space behind them; each sign of a script without spaces."""
    word = ""
    for letter in line:
        if unicodedata.east_asian_width(letter) in "WF":
            if word:
                yield word
            yield letter
            word = ""
        else:
            word += letter
            if letter.isspace():
                yield word
                word = ""
    if word:
        yield word


def _em(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if letter in _WIDE or unicodedata.east_asian_width(letter) in "WF":
        return _WIDE_EM
    return _CAPITAL_EM if letter.isupper() or letter.isdigit() else _USUAL_EM
