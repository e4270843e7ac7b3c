"""How a text separates its cells: by what makes a sample fall into even rows."""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Final

# In the order in which a tie is decided: a comma is also a decimal sign and a pause.
_DELIMITERS: Final = ("\t", ";", "|", ",")
# Excel's own way to say it, in a line that its sheet does not show.
_DECLARED: Final = re.compile(r"\"?sep=(\t|[^\w\s\"])\"?(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """What csv.reader has to be told."""

    delimiter: str
    skipinitialspace: bool = False


def declared(text: str) -> tuple[Dialect, int] | None:
    """What the text says of itself in its first line, and how long that line is."""
    match = _DECLARED.match(text)
    return (Dialect(match[1]), match.end()) if match else None


def dialect_of(sample: str, *, whole: bool, name: str) -> Dialect:
    """How this text separates its cells; `whole` if nothing comes after the sample.

    Text of a single column has no delimiter to be seen; it gets the one that the file's
    name promises.
    """
    tables = {d: _records(sample, Dialect(d), whole=whole) for d in _DELIMITERS}
    scores = {d: score for d, rows in tables.items() if (score := _score(rows))}
    if not scores:
        return Dialect("\t" if name.lower().endswith((".tsv", ".tab")) else ",")
    delimiter = max(scores, key=lambda d: scores[d])
    return Dialect(delimiter, skipinitialspace=_is_padded(sample, delimiter))


def _records(sample: str, dialect: Dialect, *, whole: bool) -> list[list[str]]:
    records: list[list[str]] = []
    reader = csv.reader(
        StringIO(sample, newline=""),
        delimiter=dialect.delimiter,
        skipinitialspace=dialect.skipinitialspace,
    )
    try:
        records.extend(reader)
    except csv.Error:
        return records
    # The sample may have cut its last record off.
    return records if whole or len(records) == 1 else records[:-1]


def _is_padded(sample: str, delimiter: str) -> bool:
    """Whether blanks stand before quotation marks that open a cell.

    Inside a quoted cell a mark is doubled or the last one, so it is not mistaken.
    """
    d = re.escape(delimiter)
    return bool(re.search(f'(?:^|{d}) +"[^"{d}\r\n]', sample, re.MULTILINE))


def _score(records: Iterable[list[str]]) -> tuple[bool, float, int] | None:
    """Whether the first row is as wide as most, how many are, and how wide that is."""
    widths = [len(cells) for cells in records if any(cells)]
    if not widths:
        return None
    width, times = Counter(widths).most_common(1)[0]
    if width == 1:
        return None
    return widths[0] == width, round(times / len(widths), 1), width
