"""What a file is, by its first bytes; its name may say anything."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.tabular.refusing import Unreadable

ZIP: Final = b"PK\x03\x04"
_COMPOUND: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_CHUNK: Final = 1024 * 1024
# Found at the beginning, behind white space.
_OTHERS: Final = {
    b"%PDF": gettext_lazy("a PDF document"),
    b"{\\rtf": gettext_lazy("a text document (RTF)"),
    b"\x89PNG": gettext_lazy("a picture"),
    b"\xff\xd8\xff": gettext_lazy("a picture"),
    b"GIF8": gettext_lazy("a picture"),
    b"\x1f\x8b": gettext_lazy("a compressed archive"),
    b"7z\xbc\xaf\x27\x1c": gettext_lazy("a compressed archive"),
    b"Rar!": gettext_lazy("a compressed archive"),
    b"PK\x05\x06": gettext_lazy("an empty archive"),
    b"SQLite format 3": gettext_lazy("a database"),
    b"<!doctype html": gettext_lazy("a web page"),
    b"<html": gettext_lazy("a web page"),
    b"<?xml": gettext_lazy("an XML document"),
}


def is_workbook(source: BinaryIO) -> bool:
    """Whether this is an archive as XLSX files are; otherwise it may be text.

    Raises Unreadable for what is known to be neither, with its name.
    """
    source.seek(0)
    head = source.read(512)
    if head.startswith(ZIP):
        return True
    if head.startswith(_COMPOUND):
        if any(_ENCRYPTED in window for window in _windows(source)):
            raise protected()
        raise is_a(_("an old Office document (such as XLS)"))
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, words in _OTHERS.items():
        if head.startswith(mark) or start.startswith(mark.lower()):
            raise is_a(str(words))
    return False


def is_a(words: str) -> Unreadable:
    """The refusal of a file that is `words`: "a PDF document"."""
    return Unreadable(
        _(
            "This file is %(kind)s, not a list. Save the list as CSV or XLSX and "
            "upload that file."
        )
        % {"kind": words}
    )


def protected() -> Unreadable:
    """The refusal of what only a password opens."""
    return Unreadable(
        _(
            "This workbook is protected by a password. Save a copy without the "
            "password and upload that copy."
        )
    )


def _windows(source: BinaryIO) -> Iterator[bytes]:
    """All of the file in pieces that overlap, so that no name falls between two."""
    source.seek(0)
    tail = b""
    while chunk := source.read(_CHUNK):
        yield tail + chunk
        tail = chunk[-len(_ENCRYPTED) :]
