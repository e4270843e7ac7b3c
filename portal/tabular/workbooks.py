"""Workbooks, read by a process of their own that a hostile one may kill."""

import codecs
import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Final, TypeAlias, cast

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.tabular import kinds
from portal.tabular.encodings import CHUNK, refuse_binary
from portal.tabular.refusing import Unreadable

Process: TypeAlias = "subprocess.Popen[bytes]"

_READER: Final = Path(__file__).with_name("xlsx.py")
_OTHERS: Final = {
    "xlsb": gettext_lazy("a binary Excel workbook (XLSB)"),
    "docx": gettext_lazy("a Word document"),
    "pptx": gettext_lazy("a presentation"),
    "odf": gettext_lazy("an OpenDocument file"),
    "iwork": gettext_lazy("a Numbers, Pages or Keynote document"),
    "archive": gettext_lazy("a ZIP archive"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet that is read, as CSV text in pieces; closing them ends the process.

    `sheets` counts those a person sees, `before` the columns left of the first cell.
    """

    name: str
    sheets: int
    before: int
    pieces: Generator[str, None, None]


def opened(source: BinaryIO) -> Sheet:
    """The first visible sheet that holds anything. Raises Unreadable."""
    process, output = _started(source)
    first = output.readline()
    facts = json.loads(first) if first else {"refused": _ended(process)}
    if "refused" in facts:
        _end(process, output)
        raise _refusal(facts["refused"])
    pieces = _pieces(process, output)
    return Sheet(facts["sheet"], facts["sheets"], facts["before"], pieces)


def _started(source: BinaryIO) -> tuple[Process, IO[bytes]]:
    command = [
        *(sys.executable, "-I", str(_READER)),
        *(str(settings.LIST_WORKBOOK_MB), str(settings.LIST_WORKBOOK_SECONDS)),
    ]
    with TemporaryFile() as copy:
        source.seek(0)
        shutil.copyfileobj(source, copy, CHUNK)
        copy.seek(0)
        # It inherits no variables, so no secret is in reach of a hostile workbook.
        process = subprocess.Popen(
            command,
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
    return process, cast(IO[bytes], process.stdout)


def _pieces(process: Process, output: IO[bytes]) -> Generator[str, None, None]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := output.read(CHUNK):
            text = decoder.decode(chunk)
            refuse_binary(text)
            yield text
        if process.wait() != 0:
            raise _refusal(_ended(process))
    finally:
        _end(process, output)


def _ended(process: Process) -> str:
    """Why it ended early: a limit is a signal, and anything else was not foreseen."""
    return "large" if process.wait() < 0 else "broken"


def _end(process: Process, output: IO[bytes]) -> None:
    output.close()
    process.kill()
    process.wait()


def _refusal(word: str) -> Unreadable:
    if word in _OTHERS:
        return kinds.is_a(str(_OTHERS[word]))
    if word == "protected":
        return kinds.protected()
    if word == "empty":
        return Unreadable(
            _(
                "This workbook has no sheet with anything in it. Put the list on its "
                "first sheet and upload it again."
            )
        )
    if word == "broken":
        return Unreadable(
            _(
                "This workbook is damaged and cannot be opened. Open it in a "
                "spreadsheet program, save it as CSV, and upload that file."
            )
        )
    return Unreadable(
        _(
            "This workbook is too large to be opened here. Save the list alone as CSV "
            "and upload that file."
        )
    )
