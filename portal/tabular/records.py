"""Rows out of decoded text, with bounds that cost nothing per cell."""

import csv
from collections.abc import Generator, Iterable, Iterator
from io import StringIO
from typing import Final, TypeAlias

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from portal.tabular.dialects import Dialect
from portal.tabular.quoting import has_apostrophes, plain
from portal.tabular.refusing import Unreadable

Row: TypeAlias = tuple[int, list[str]]

MOST_COLUMNS: Final = 500
# What a cell of a spreadsheet holds. The limit is the csv module's own, so that its
# inner loop is the one that counts; nothing else in the portal reads larger cells.
MOST_CHARACTERS: Final = 32_767
csv.field_size_limit(MOST_CHARACTERS)
# A record longer than this is an opened quotation mark that is never closed.
_LONGEST_RECORD: Final = 1_000_000
# Follows the last line, where it makes a blank row; in a cell that was never closed it
# becomes part of that cell instead.
_END: Final = "\x1f"


def records(
    pieces: Generator[str, None, None], dialect: Dialect
) -> Generator[Row, None, None]:
    """The rows of a text, numbered as a spreadsheet shows them; blank ones are skipped.

    An apostrophe that `safe` put in front of a cell is taken away again. Raises
    Unreadable while iterating, for what only a later row shows. Whoever stops earlier
    closes it, and `pieces` with it.
    """
    lines = _Lines(pieces)
    reader = csv.reader(
        iter(lines),
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.skipinitialspace,
    )
    cells: list[str] = []
    try:
        for number, cells in enumerate(reader, start=1):
            lines.record = number
            if not cells or not (cells[0].strip() or any(map(str.strip, cells))):
                continue
            if lines.has_apostrophes:
                yield number, list(map(plain, cells))
            else:
                yield number, cells
    except csv.Error as error:
        raise _too_long(lines.record + 1) from error
    finally:
        pieces.close()
    if cells != [_END]:
        raise _never_closed(lines.record)


class _Lines:
    """Whole lines; each piece of text is looked at once, not each of its cells.

    `record` is set from outside: the record that was read last.
    """

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = pieces
        self.record = 0
        self.has_apostrophes = False

    def __iter__(self) -> Iterator[str]:
        tail = ""
        seen, length = 0, 0
        for piece in self._pieces:
            text = tail + piece
            if not self.has_apostrophes:
                self.has_apostrophes = has_apostrophes(text)
            # A carriage return at the very end may be half of a line's end.
            cut = text.rfind("\n") + 1 or text.rfind("\r", 0, -1) + 1
            tail = text[cut:]
            yield from StringIO(text[:cut], newline="")
            if self.record != seen:
                seen, length = self.record, 0
            length += len(piece)
            if length > _LONGEST_RECORD:
                raise _too_long(self.record + 1)
        ended = tail if tail[-1:] in ("", "\r", "\n") else f"{tail}\n"
        yield from StringIO(ended, newline="")
        yield _END


def _too_long(number: int) -> Unreadable:
    return Unreadable(
        _(
            "Row %(number)s has a cell of more than %(most)s characters, or a "
            "quotation mark that is opened and never closed. Correct that row and "
            "upload the file again."
        )
        % {"number": intcomma(number), "most": intcomma(MOST_CHARACTERS)}
    )


def _never_closed(number: int) -> Unreadable:
    return Unreadable(
        _(
            "In row %(number)s a quotation mark is opened and never closed, so the "
            "rows after it cannot be told apart. Correct that row and upload the "
            "file again."
        )
        % {"number": intcomma(number)}
    )
