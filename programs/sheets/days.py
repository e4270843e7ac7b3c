"""Days as lists write them."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?").fullmatch
_SHORT: Final = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ].*)?").fullmatch
# Where a month is written before its day.
_MONTH_FIRST: Final = frozenset({"US", "PH"})
_NAMED: Final = ("%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%d-%b-%Y")


@lru_cache(maxsize=4096)
def day_of(text: str, region: str) -> date | None:
    """The day, or None for what is no day; 3/4/2025 is read as `region` writes it.

    A day that only one of the two orders makes possible is read in that one.
    """
    if iso := _ISO(text):
        return _day(iso[1], iso[2], iso[3])
    if short := _SHORT(text):
        first, mark, second, year = short.groups()
        by_day, by_month = _day(year, second, first), _day(year, first, second)
        if mark == "/" and region in _MONTH_FIRST:
            return by_month or by_day
        return by_day or by_month
    plain = " ".join(text.replace(",", " ").replace(". ", " ").split())
    for form in _NAMED:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  (only a day)
        except ValueError:
            continue
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
