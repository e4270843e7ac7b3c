"""The geometry of a bar chart, worked out here because a strict CSP forbids styles.

All lengths are units of the SVG's own view box, so the browser scales the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

WIDTH = 720
HEIGHT = 240
_TOP = 34
_BOTTOM = 34
_GAP = Decimal("0.36")
# On a narrow screen only every third label fits.
_MAJOR_EVERY = 3


class Point(Protocol):
    """One bar: what it is, how much, and (optionally as `text`) how to write it."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> Decimal | int: ...


@dataclass(frozen=True)
class Bar:
    label: str
    text: str
    x: int
    y: int
    text_y: int
    width: int
    height: int
    middle: int
    minor: bool


def bars(points: Sequence[Point]) -> list[Bar]:
    """Lay the points out from left to right; the largest value fills the height."""
    if not points:
        return []
    tallest = max(Decimal(point.value) for point in points)
    slot = Decimal(WIDTH) / len(points)
    width = min(slot * (1 - _GAP), Decimal(72))
    return [
        _bar(point, at=index, last=len(points) - 1, slot=slot, width=width, top=tallest)
        for index, point in enumerate(points)
    ]


def _bar(
    point: Point, *, at: int, last: int, slot: Decimal, width: Decimal, top: Decimal
) -> Bar:
    room = Decimal(HEIGHT - _TOP - _BOTTOM)
    value = max(Decimal(point.value), Decimal(0))
    height = _whole(value / top * room) if top > 0 else 0
    if value and not height:
        height = 1
    middle = slot * at + slot / 2
    y = HEIGHT - _BOTTOM - height
    return Bar(
        label=point.label,
        text=str(getattr(point, "text", "") or point.value),
        x=_whole(middle - width / 2),
        y=y,
        text_y=y - 8,
        width=_whole(width),
        height=height,
        middle=_whole(middle),
        minor=(last - at) % _MAJOR_EVERY != 0 and last >= _MAJOR_EVERY,
    )


def _whole(length: Decimal) -> int:
    return int(length.quantize(Decimal(1), ROUND_HALF_UP))
