"""Links as QR codes, each drawn as one path, so that no seams show between modules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import segno

# White around a code, in modules: readers need it to find the code at all.
_QUIET: Final = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square of `size` modules on a side, its white border included."""

    size: int
    path: str


def drawn(link: str) -> QrCode:
    """At least level M: a seventh of it may be dirty, and it can still be read."""
    rows = segno.make(link, error="m", micro=False).matrix
    return QrCode(len(rows) + 2 * _QUIET, "".join(_runs(rows)))


def _runs(rows: Sequence[Sequence[int]]) -> Iterator[str]:
    """A rectangle for each run of dark modules, in the language of SVG's paths."""
    for y, row in enumerate(rows, start=_QUIET):
        x = _QUIET
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
