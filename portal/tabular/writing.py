"""Lists that any spreadsheet opens, and that none can be tricked by.

Text goes through `safe`; numbers stay numbers. What is written here, `open_table` reads
back as it was.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, Final, TypeAlias

import xlsxwriter

from portal.tabular.quoting import safe

Cell: TypeAlias = str | int | Decimal | None

_BUFFERED: Final = 64 * 1024
_EXACT_DIGITS: Final = 15  # A spreadsheet's number keeps no more of them.


def csv_lines(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> Iterator[bytes]:
    """The list as CSV in pieces: UTF-8 with a BOM, which Excel needs, and CRLF."""
    pieces = _Pieces()
    writer = csv.writer(pieces)
    pieces.append("\ufeff")
    writer.writerow(map(safe, columns))
    for row in rows:
        writer.writerow([safe(c) if isinstance(c, str) else c for c in row])
        if pieces.size > _BUFFERED:
            yield pieces.taken()
    yield pieces.taken()


def write_xlsx(
    target: str | BinaryIO,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    in_memory: bool = False,
) -> None:
    """The list as a workbook of one sheet, a row at a time in memory.

    The rest waits in a file with a name, which a killed process leaves behind. With
    `in_memory` there is none: for rows that may not be found there, and are not many.
    A number too long for a spreadsheet to keep exactly is written as text. Raises
    ValueError for what no workbook holds: more than 1,048,576 rows, or a text of more
    than 32,767 characters.
    """
    options = {
        "constant_memory": not in_memory,
        "in_memory": in_memory,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for column, name in enumerate(columns):
            _put(sheet, 0, column, name, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _put(sheet, number, column, cell)


class _Pieces(list[str]):
    """What csv.writer has written and nobody has taken yet."""

    size = 0

    def write(self, text: str) -> None:
        self.append(text)
        self.size += len(text)

    def taken(self) -> bytes:
        piece = "".join(self).encode()
        self.clear()
        self.size = 0
        return piece


def _put(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: Cell,
    style: xlsxwriter.format.Format | None = None,
) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        failed = sheet.write_string(row, column, safe(cell), style)
    elif len(Decimal(cell).as_tuple().digits) > _EXACT_DIGITS:
        failed = sheet.write_string(row, column, str(cell), style)
    else:
        failed = sheet.write_number(row, column, cell, style)
    if failed:
        raise ValueError(f"a workbook cannot hold row {row + 1}, column {column + 1}")
