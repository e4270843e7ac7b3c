"""Memory does not grow with the file."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from typing import BinaryIO, cast

import pytest

from portal import tabular
from portal.tabular import Unreadable

MEGABYTE = 1024**2


class Endless(RawIOBase):
    """A file of one line over and over, which is nowhere in memory."""

    def __init__(self, first: bytes, line: bytes, times: int) -> None:
        self._first, self._block = first, line * 1000
        self._end = len(first) + len(line) * times
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._end)[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = min(size, self._end - self._at)
        if self._at < len(self._first):
            piece = self._first[self._at :][:wanted]
        else:
            start = (self._at - len(self._first)) % len(self._block)
            repeated = self._block * ((start + wanted) // len(self._block) + 1)
            piece = repeated[start : start + wanted]
        self._at += len(piece)
        return piece


@contextmanager
def at_most(megabytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGABYTE


def read(source: Endless) -> int:
    table = tabular.open_table(cast(BinaryIO, source), "people.csv")
    count = 0
    for _row in table:
        count += 1
    return count


def test_two_million_rows_are_refused_in_little_memory(settings):
    settings.LIST_MOST_ROWS = 100_000  # tracing a million takes too long
    source = Endless(b"name,email\n", b"Ann,ann@example.com\n", 2_000_000)

    with at_most(8), pytest.raises(Unreadable, match="more than 100,000 rows"):
        read(source)


def test_reading_takes_little_memory_whatever_the_size():
    source = Endless(b"name,email\n", b"Ann,ann@example.com\n", 200_000)

    with at_most(8):
        assert read(source) == 200_000


@pytest.mark.parametrize(
    ("first", "repeated"),
    [
        (b"name,email\nAnn,", b"x"),  # one cell
        (b'name,email\nAnn,"', b"x\n"),  # one quoted cell
        (b"name,email\nAnn", b","),  # one line of empty cells
        (b"name,email\nAnn", b',"\n"'),  # one record of many lines
        (b"", b"c,"),  # one header
    ],
)
def test_a_record_without_an_end_is_refused_in_little_memory(first, repeated):
    with at_most(48), pytest.raises(Unreadable):
        read(Endless(first, repeated, 20 * MEGABYTE))
