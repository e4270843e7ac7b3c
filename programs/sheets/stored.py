"""The file of a list, read back from the chunks it was stored in."""

from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import BinaryIO

from programs.models import Sheet
from programs.sheets.intake import CHUNK


def stream_of(sheet: Sheet) -> BinaryIO:
    """The file as it came, from its beginning; never more of it in memory than a chunk.

    Raises EOFError while reading if a chunk is gone.
    """
    return BufferedReader(_Chunks(sheet), CHUNK)


class _Chunks(RawIOBase):
    """Every chunk but the last holds `CHUNK` bytes, so a position names its chunk."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._position = 0
        self._number = -1
        self._chunk = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self._sheet.size}
        self._position = max(0, start[whence] + offset)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._position >= self._sheet.size:
            return 0
        number, start = divmod(self._position, CHUNK)
        if number != self._number:
            self._load(number)
        piece = self._chunk[start : start + len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _load(self, number: int) -> None:
        found = self._sheet.chunks.filter(number=number).values_list("content").first()
        if found is None:
            raise EOFError(f"chunk {number} of list {self._sheet.pk} is gone")
        self._number, self._chunk = number, bytes(found[0])
