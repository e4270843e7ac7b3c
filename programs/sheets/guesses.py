"""What a column that no name speaks for holds, judged by its cells."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from programs.sheets import contents, names
from programs.sheets.fields import Field
from programs.sheets.names import words
from programs.sheets.proposals import CONTENT, Columns, Proposal, Samples

# Of the cells below a column that is found by its content alone.
_NEARLY_ALL: Final = 0.8


def guess(
    proposal: Proposal,
    columns: Columns,
    samples: Samples,
    fields: Sequence[Field],
    products: Collection[str],
) -> None:
    """Look into columns that no name speaks for, for what is still to be found."""
    for field, fits in _looks(columns, samples, products):
        if field in fields and proposal.is_open(field):
            free = proposal.free(columns)
            found = [column for column in free if samples[column] and fits(column)]
            proposal.take(field, found, CONTENT)


def _looks(
    columns: Columns, samples: Samples, products: Collection[str]
) -> Iterator[tuple[Field, Callable[[int], bool]]]:
    def mostly(column: int, test: Callable[[str], object]) -> bool:
        return contents.share(samples[column], test) >= _NEARLY_ALL

    def is_named(column: int) -> bool:
        return not columns[column].startswith(_("Column %s") % "")

    def may_be(column: int) -> bool:
        unlikely = names.OTHERS | names.RECORDS
        return not unlikely & set(words(columns[column]).split())

    yield Field.EMAIL, lambda c: may_be(c) and mostly(c, contents.is_email)
    yield (
        Field.PHONE,
        lambda c: (
            may_be(c)
            and mostly(c, contents.is_phone)
            and (mostly(c, _is_written_as_phone) or not is_named(c))
            and not _counts_up(samples[c])
        ),
    )
    yield Field.POSTAL_CODE, lambda c: not is_named(c) and mostly(c, _is_zip)
    yield Field.STATE, lambda c: not is_named(c) and mostly(c, contents.is_state)
    yield Field.COUNTRY, lambda c: not is_named(c) and mostly(c, contents.is_country)
    yield Field.ADDRESS, lambda c: not is_named(c) and mostly(c, _is_whole_address)
    yield Field.LINE1, lambda c: not is_named(c) and mostly(c, _is_street)
    yield Field.PRODUCT, lambda c: contents.named(samples[c], products) >= _NEARLY_ALL
    yield (
        Field.VALUE,
        lambda c: (
            not is_named(c)
            and mostly(c, contents.is_money)
            and not _counts_up(samples[c])
        ),
    )
    yield Field.NAME, lambda c: not is_named(c) and mostly(c, _is_full_name)


def _is_written_as_phone(text: str) -> bool:
    return bool(re.search(r"[+()\s.-]", text.strip()))


def _is_zip(text: str) -> bool:
    """Of a shape that little else has: 10018, 10018-2743, SW1A 1AA, K1A 0B1."""
    return bool(
        re.fullmatch(
            r"\d{5}(-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d",
            text,
        )
    )


def _is_street(text: str) -> bool:
    """A house number and a name, in either order, and no sum of money."""
    shape = r"\d+\w? .*[^\W\d]{2}.*|[^\W\d]{3}.* \d+\s?[a-zA-Z]?"
    return bool(re.fullmatch(shape, text)) and not contents.is_money(text)


def _is_whole_address(text: str) -> bool:
    """A street with its number, and a town after it."""
    parts = [part for part in re.split(r"[,\n;]", text) if part.strip()]
    return len(parts) > 1 and any(map(str.isdigit, text)) and "@" not in text


def _is_full_name(text: str) -> bool:
    return bool(re.fullmatch(r"[^\W\d]+(?:[ '’.-]+[^\W\d]+)+\.?", text))


def _counts_up(samples: Sequence[str]) -> bool:
    """Numbers of rows or records: each is one more than the one before."""
    if len(samples) < 3 or not all(text.isdecimal() for text in samples):
        return False
    return all(int(b) - int(a) == 1 for a, b in pairwise(samples))
