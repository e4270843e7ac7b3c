"""A program of its own: the first sheet of the workbook on stdin, as CSV on stdout.

It runs apart from the portal, without its settings and secrets, and with limits on
memory and processor time, because a workbook is unpacked and built up whole before its
first row is known. Its first line is JSON: what follows ("sheet", "sheets", "before"),
or a word for why it is "refused".
"""

import csv
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import TextIOWrapper
from typing import IO, Final
from xml.etree import ElementTree

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

# What a damaged archive makes its readers raise.
_BROKEN: Final = (
    CalamineError,
    ElementTree.ParseError,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
# What a workbook may unpack to. Lists come to 5 to 60 times their packed size; the
# worst that deflate does is a thousand times.
_MOST_UNPACKED: Final = 2 * 1024**3
_MOST_RATIO: Final = 200
_RATIO_MATTERS: Final = 64 * 1024**2
# An XLSX has a few dozen parts.
_MOST_PARTS: Final = 10_000
_CHUNK: Final = 1024**2
_ERROR: Final = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(.*?)</c>', re.DOTALL)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_VALUE: Final = re.compile(rb"<v>([^<]*)</v>")
# A cell that holds an error is not longer than this.
_LONGEST_ERROR: Final = 64 * 1024


class Refused(Exception):
    """This workbook cannot be read; the text is a word for the parent."""


def main(megabytes: int, seconds: int) -> None:
    """Write the first line, and the sheet unless it is refused."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024**2,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        archive = _checked()
        sheet, facts = _chosen()
        errors = _errors(archive, sheet.name)
    except Refused as refused:
        out.write(json.dumps({"refused": str(refused)}) + "\n")
    except MemoryError:
        out.write(json.dumps({"refused": "large"}) + "\n")
    except _BROKEN:
        out.write(json.dumps({"refused": "broken"}) + "\n")
    else:
        out.write(json.dumps(facts) + "\n")
        _write(sheet, errors, out)
    out.flush()


def _checked() -> zipfile.ZipFile:
    """The archive, by its table of contents: nothing is unpacked yet."""
    archive = zipfile.ZipFile(sys.stdin.buffer)
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused(_kind(names))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("protected")
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if (
        len(parts) > _MOST_PARTS
        or unpacked > _MOST_UNPACKED
        or (unpacked > _RATIO_MATTERS and unpacked > packed * _MOST_RATIO)
    ):
        raise Refused("large")
    return archive


def _kind(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.startswith("word/") for name in names):
        return "docx"
    if any(name.startswith("ppt/") for name in names):
        return "pptx"
    if {"mimetype", "content.xml"} <= names:
        return "odf"
    if any(name.endswith(".iwa") for name in names):
        return "iwork"
    return "archive"


def _chosen() -> tuple[CalamineSheet, dict[str, object]]:
    """The first sheet a person sees that holds anything."""
    sys.stdin.buffer.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(sys.stdin.buffer)
        seen = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
            and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        for name in seen:
            sheet = workbook.get_sheet_by_name(name)
            if sheet.start is not None:
                before = sheet.start[1]
                return sheet, {"sheet": name, "sheets": len(seen), "before": before}
    except PasswordError as error:
        raise Refused("protected") from error
    raise Refused("empty")


def _errors(archive: zipfile.ZipFile, name: str) -> dict[int, dict[int, str]]:
    """What cells with errors show, such as #N/A, by row and column from 0.

    Calamine leaves them empty, and an empty cell says that nobody meant to fill it.
    """
    found: dict[int, dict[int, str]] = {}
    part = _part_of(archive, name)
    if part not in archive.namelist():
        return found
    with archive.open(part) as xml:
        for attributes, content in _cells_with_errors(xml):
            place, value = _PLACE.search(attributes), _VALUE.search(content)
            if place and value:
                column = 0
                for letter in place[1]:
                    column = column * 26 + letter - ord("A") + 1
                row = found.setdefault(int(place[2]) - 1, {})
                row[column - 1] = value[1].decode()
    return found


def _cells_with_errors(xml: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    tail = b""
    while chunk := xml.read(_CHUNK):
        window = tail + chunk
        if b't="e"' in window:
            yield from _ERROR.findall(window)
        # The cell that the window's end may have cut in two.
        tail = window[max(window.rfind(b"<c "), len(window) - _LONGEST_ERROR, 0) :]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the archive that holds this sheet."""
    targets = {
        element.get("Id"): element.get("Target", "")
        for element in _elements(archive, "xl/_rels/workbook.xml.rels")
    }
    for element in _elements(archive, "xl/workbook.xml"):
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            ids = [v for key, v in element.items() if key.endswith("}id")]
            target = targets.get(ids[0], "") if ids else ""
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return ""


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[ElementTree.Element]:
    try:
        with archive.open(part) as xml:
            # What an entity may blow up to is bounded as this process is.
            for _event, element in ElementTree.iterparse(xml):  # noqa: S314
                yield element
    except (KeyError, ElementTree.ParseError):
        return


def _write(
    sheet: CalamineSheet, errors: dict[int, dict[int, str]], out: TextIOWrapper
) -> None:
    writer = csv.writer(out)
    texts = _TEXTS
    before = sheet.start[1] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows()):
        cells = [
            cell if cell.__class__ is str else texts[cell.__class__](cell)
            for cell in row
        ]
        for column, text in errors.get(number, {}).items():
            if 0 <= column - before < len(cells):
                cells[column - before] = text
        writer.writerow(cells)


def _number(value: float) -> str:
    """As the sheet shows it: whole numbers without a point, and never an exponent."""
    if value.is_integer():
        return str(int(value))
    return format(Decimal(f"{value:.15g}"), "f")


_TEXTS: Final[dict[type, Callable[..., str]]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: _number,
    datetime: lambda value: value.isoformat(" "),
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}

if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
