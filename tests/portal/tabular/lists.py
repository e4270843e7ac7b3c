"""Lists for tests, as bytes."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from portal import tabular
from portal.tabular import Table


def table(content: bytes | str, name: str = "people.csv") -> Table:
    data = content.encode() if isinstance(content, str) else content
    return tabular.open_table(BytesIO(data), name)


def rows(content: bytes | str) -> list[tuple[int, list[str]]]:
    return list(table(content))


def cells(content: bytes | str) -> list[list[str]]:
    return [row for _number, row in table(content)]


def workbook(draw: Callable[[Any], None], **options: object) -> bytes:
    """An XLSX, drawn by a function that is given the xlsxwriter.Workbook."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, options) as book:
        draw(book)
    return stream.getvalue()


def sheet(*lines: Sequence[object]) -> bytes:
    """An XLSX of one sheet with these rows."""

    def draw(book: Any) -> None:
        page = book.add_worksheet("People")
        for number, line in enumerate(lines):
            page.write_row(number, 0, line)

    return workbook(draw)


def archive(parts: Mapping[str, bytes | str]) -> bytes:
    """A ZIP of these parts."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def rewritten(book: bytes, **replaced: bytes) -> bytes:
    """This XLSX with the content of its first sheet, or another part, replaced."""
    with zipfile.ZipFile(BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for stem, content in replaced.items():
        name = next(name for name in parts if name.endswith(f"/{stem}.xml"))
        parts[name] = content
    return archive(parts)
