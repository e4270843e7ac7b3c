"""Which characters the bytes of a text file are, decided from all of them."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from portal.tabular.refusing import Unreadable

CHUNK: Final = 256 * 1024

_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# Of the bytes that are the upper halves of UTF-16, so many are zero wherever there are
# addresses, digits and delimiters; a stray NUL in other text is far rarer.
_LEAST_ZEROES: Final = 0.3


def encoding_of(source: BinaryIO) -> str:
    """The Python name of the encoding: every byte of `source` can be read by it.

    Raises Unreadable for what is no text or text in no known encoding.
    """
    source.seek(0)
    head = source.read(CHUNK)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            _check(source, encoding)
            return encoding
    wide = _wide(head)
    if wide:
        _check(source, wide)
        return wide
    if _is_utf8(source):
        return "utf-8"
    _check(source, "cp1252")
    return "cp1252"


def decoded(source: BinaryIO, encoding: str) -> Iterator[str]:
    """The text in pieces, without a byte order mark. Raises UnicodeDecodeError."""
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    first = True
    while chunk := source.read(CHUNK):
        text = decoder.decode(chunk)
        yield text.removeprefix("\ufeff") if first else text
        first = False
    yield decoder.decode(b"", final=True)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of plain text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > even and odd >= _LEAST_ZEROES * len(head) / 2:
        return "utf-16-le"
    if even > odd and even >= _LEAST_ZEROES * len(head) / 2:
        return "utf-16-be"
    return None


def _is_utf8(source: BinaryIO) -> bool:
    """Raises Unreadable for text that is UTF-8 in one place and not in another."""
    ascii_so_far = True
    try:
        for text in decoded(source, "utf-8"):
            refuse_binary(text)
            ascii_so_far = ascii_so_far and text.isascii()
    except UnicodeDecodeError as error:
        # A file in Windows-1252 is found out at its first accented letter: hardly any
        # of them is UTF-8 by chance.
        if ascii_so_far and error.object[: error.start].isascii():
            return False
        raise _broken() from error
    return True


def _check(source: BinaryIO, encoding: str) -> None:
    try:
        for text in decoded(source, encoding):
            refuse_binary(text)
    except UnicodeDecodeError as error:
        raise _broken() from error


def refuse_binary(text: str) -> None:
    """Raises Unreadable for NUL, which no text has and no database takes."""
    if "\0" in text:
        raise Unreadable(
            _(
                "This is not a text file: it contains NUL bytes. Save the list as CSV "
                "or XLSX and upload that file."
            )
        )


def _broken() -> Unreadable:
    return Unreadable(
        _(
            "Some characters of this file cannot be read: it mixes encodings or was "
            "cut off. Save it again as “CSV UTF-8” or as XLSX and upload that file."
        )
    )
