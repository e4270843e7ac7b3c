"""A list as somebody brought it: columns, and rows with the numbers they know."""

from collections.abc import Generator, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO, Final, Literal

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from portal.tabular import encodings, headers, kinds, workbooks
from portal.tabular.dialects import Dialect, declared, dialect_of
from portal.tabular.records import MOST_COLUMNS, Row, records
from portal.tabular.refusing import Unreadable

# Rows that decide whether the first one is a header, and that a page may show.
SAMPLE: Final = 50
_SAMPLE_CHARACTERS: Final = 64 * 1024


class Table:
    """A list that can be read once, from its first row of data to its last.

    `header` is None where the first row is data. A row has at least `width` cells; what
    stands to the right of the last column is kept, so a longer row is one to look at.
    `sample` holds the first rows of data, `notes` sentences on what was assumed.
    Iterating raises Unreadable for what only a later row shows: then none of the rows
    may be used. Iterating twice, or after `close`, raises ValueError.
    """

    def __init__(
        self,
        rows: Generator[Row, None, None],
        *,
        kind: Literal["csv", "xlsx"],
        encoding: str = "utf-8",
        delimiter: str = ",",
        before: int = 0,
        notes: Sequence[str] = (),
    ) -> None:
        self.kind = kind
        self.encoding = encoding
        self.delimiter = delimiter
        self.notes = list(notes)
        self._rows = rows
        self._is_unread = True
        peeked = self._from_the_names(list(islice(rows, SAMPLE + 1)))
        widths = [_used(number, cells) for number, cells in peeked]
        self.width = max(widths, default=0)
        self.header = None
        if peeked and headers.is_header([cells for _number, cells in peeked]):
            first = peeked.pop(0)[1]
            # A column without a name is one if there is anything in it.
            self.width = max(widths[0], min(self.width, len(first)))
            self.header, changed = headers.named(first[: self.width], offset=before)
            self.notes += changed
        if not peeked:
            raise _no_rows()
        self.sample = [(n, self._fitted(n, cells)) for n, cells in peeked]

    def __iter__(self) -> Iterator[Row]:
        # A second time the rows would be fewer, and nobody would notice.
        if not self._is_unread:
            raise ValueError("a table can be read once")
        self._is_unread = False
        width, most = self.width, settings.LIST_MOST_ROWS
        rows = chain(self.sample, self._rows)
        try:
            for count, (number, cells) in enumerate(rows, start=1):
                if count > most:
                    raise _too_many_rows()
                if len(cells) == width:
                    yield number, cells
                else:
                    yield number, self._fitted(number, cells)
        finally:
            self._rows.close()

    def close(self) -> None:
        """Stop reading before the end; the process behind a workbook ends."""
        self._is_unread = False
        self._rows.close()

    def _from_the_names(self, peeked: list[Row]) -> list[Row]:
        """Without the rows above the names of the columns, which get a note."""
        count = headers.above([cells for _number, cells in peeked])
        if count:
            text = _("The list begins in row %(number)s; what is above it is not read.")
            self.notes.append(text % {"number": peeked[count][0]})
        return peeked[count:]

    def _fitted(self, number: int, cells: list[str]) -> list[str]:
        """At least as wide as the table, without empty cells to the right of it."""
        if len(cells) > self.width:
            return cells[: max(self.width, _used(number, cells))]
        return cells + [""] * (self.width - len(cells))


def open_table(source: BinaryIO, name: str) -> Table:
    """The list in these bytes, whatever the file is called.

    `source` can seek, and is read twice; `name` only decides what the content leaves
    open. Raises Unreadable, here or while the table is read.
    """
    size = size_of(source)
    if kinds.is_workbook(source):
        return _workbook(source)
    encoding = encodings.encoding_of(source)
    pieces = encodings.decoded(source, encoding)
    first = next(pieces)
    told = declared(first)
    if told:
        dialect, length = told
        first = first[length:]
    else:
        sample = first[:_SAMPLE_CHARACTERS]
        whole = size <= encodings.CHUNK and sample == first
        dialect = dialect_of(sample, whole=whole, name=name)
    rows = records(_together(first, pieces), dialect)
    return Table(rows, kind="csv", encoding=encoding, delimiter=dialect.delimiter)


def _workbook(source: BinaryIO) -> Table:
    sheet = workbooks.opened(source)
    notes = []
    if sheet.sheets > 1:
        text = _("The workbook has %(count)s sheets. Only “%(name)s” is read.")
        notes.append(text % {"count": sheet.sheets, "name": sheet.name})
    rows = records(sheet.pieces, Dialect(","))
    try:
        return Table(rows, kind="xlsx", before=sheet.before, notes=notes)
    except Unreadable:
        rows.close()
        raise


def _together(first: str, rest: Iterator[str]) -> Generator[str, None, None]:
    yield first
    yield from rest


def _used(number: int, cells: Sequence[str]) -> int:
    """How many cells there are without the empty ones at the end.

    Raises Unreadable for more columns than a list may have.
    """
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    if end <= MOST_COLUMNS:
        return end
    raise Unreadable(
        _(
            "Row %(number)s has %(count)s columns, and a list may have %(most)s. "
            "Remove the columns that are not needed and upload the file again."
        )
        % {
            "number": intcomma(number),
            "count": intcomma(end),
            "most": intcomma(MOST_COLUMNS),
        }
    )


def size_of(source: BinaryIO) -> int:
    """In bytes. Raises Unreadable for nothing, and for more than a list may have."""
    size = source.seek(0, 2)
    if size == 0:
        raise Unreadable(
            _("This file is empty. Check that you chose the right one and try again.")
        )
    if size > settings.LIST_MOST_MB * 1024**2:
        raise Unreadable(
            _(
                "This file is larger than %(most)s MB. Split the list into several "
                "files and upload them one after the other."
            )
            % {"most": intcomma(settings.LIST_MOST_MB)}
        )
    return size


def _no_rows() -> Unreadable:
    return Unreadable(
        _(
            "This file has no rows of data. Add one row for each person below the "
            "names of the columns and upload it again."
        )
    )


def _too_many_rows() -> Unreadable:
    return Unreadable(
        _(
            "This list has more than %(most)s rows. Split it into several files and "
            "upload them one after the other."
        )
        % {"most": intcomma(settings.LIST_MOST_ROWS)}
    )
