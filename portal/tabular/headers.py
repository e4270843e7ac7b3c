"""Whether the first row names the columns, and names that can be told apart."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# What a column's name hardly ever is, and what lists are full of.
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NUMBER: Final = re.compile(r"[+(\-]*[$€£]?\s?\d[\d\s.,()/:\-]*%?")
# A year may name a column; a telephone number or a date does not.
_MOST_DIGITS: Final = 4
# In a narrower list a row of one cell may as well be half of a person.
_TITLED_COLUMNS: Final = 3


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these rows names columns, by what is in it and below it.

    An address or a long number is data wherever it stands. Where the first row tells
    nothing, it is taken for names, as in nearly every file.
    """
    first, *following = rows
    if any(_is_plainly_data(cell) for cell in first):
        return False
    for column, cell in enumerate(first):
        if cell.strip() and not _is_value(cell):
            below = [row[column] for row in following if column < len(row)]
            if any(map(_is_value, below)):
                return True
    return not any(map(_is_value, first))


def above(rows: Sequence[Sequence[str]]) -> int:
    """How many rows stand above the names of the columns, such as a title.

    They fill less than half of the usual columns and hold no address.
    """
    filled = [sum(map(bool, map(str.strip, row))) for row in rows]
    usual = Counter(filled).most_common(1)[0][0] if filled else 0
    if usual < _TITLED_COLUMNS:
        return 0
    count = next(n for n, cells in enumerate(filled) if cells * 2 > usual)
    addressed = any(_ADDRESS.fullmatch(c.strip()) for row in rows[:count] for c in row)
    return 0 if addressed or not is_header(rows[count:]) else count


def named(first: Sequence[str], *, offset: int = 0) -> tuple[list[str], list[str]]:
    """Names for all columns, each its own, and a note on what had to be changed.

    `offset` is how many columns of the sheet stand before the first one.
    """
    names: list[str] = []
    taken: set[str] = set()
    renamed: list[str] = []
    for position, cell in enumerate(first, start=1 + offset):
        wanted = " ".join(cell.split()) or _("Column %s") % _letters(position)
        name = next(name for name in _variants(wanted) if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
        if name != " ".join(cell.split()):
            renamed.append(name)
    return names, _notes(renamed)


def _is_plainly_data(cell: str) -> bool:
    cell = cell.strip()
    if _ADDRESS.fullmatch(cell):
        return True
    digits = sum(map(str.isdigit, cell))
    return digits > _MOST_DIGITS and bool(_NUMBER.fullmatch(cell))


def _is_value(cell: str) -> bool:
    cell = cell.strip()
    return bool(_ADDRESS.fullmatch(cell) or _NUMBER.fullmatch(cell))


def _variants(name: str) -> Iterator[str]:
    yield name
    count = 2
    while True:
        yield f"{name} ({count})"
        count += 1


def _letters(position: int) -> str:
    """What a spreadsheet calls its columns: A to Z, then AA."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _notes(renamed: Sequence[str]) -> list[str]:
    if not renamed:
        return []
    text = ngettext(
        "One column had no name of its own and is called %(names)s.",
        "%(count)s columns had no name of their own and are called %(names)s.",
        len(renamed),
    )
    names = ", ".join(f"“{name}”" for name in renamed[:5])
    more = "…" if len(renamed) > 5 else ""
    return [text % {"count": len(renamed), "names": names + more}]
