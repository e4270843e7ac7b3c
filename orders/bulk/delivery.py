"""When a row's reward is to arrive, as its list writes it."""

import re
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from programs.sheets.days import day_of

_ZONED: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(?:Z|[+-]\d\d:?\d\d)")
_CLOCK: Final = re.compile(
    r"[T ]\s*(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?\s*([ap]m)?", re.I
)
# Nobody is woken by a gift: a day without a time means its morning.
_MORNING: Final = time(9)


class Unreadable(ValueError):
    """Not a day, or not a time of it."""


def moment(text: str, region: str) -> datetime | None:
    """When it is delivered; None for at once, which an empty cell and today mean.

    3/4/2026 is read as `region` writes it; times are of DEFAULT_TIME_ZONE unless the
    text names another zone. Raises Unreadable.
    """
    if not text:
        return None
    today = timezone.localdate(timezone=ZoneInfo(settings.DEFAULT_TIME_ZONE))
    at, has_time = _read(text.strip(), region, settings.DEFAULT_TIME_ZONE)
    return at if has_time or at.date() != today else None


@lru_cache(maxsize=4096)
def _read(text: str, region: str, zone: str) -> tuple[datetime, bool]:
    if _ZONED.fullmatch(text):
        try:
            return datetime.fromisoformat(text).astimezone(UTC), True
        except ValueError as error:
            raise Unreadable from error
    clock = _CLOCK.search(text)
    day = day_of(text[: clock.start()] if clock else text, region)
    if day is None:
        raise Unreadable
    # A spreadsheet writes midnight behind every day.
    at = _time(clock) if clock else time()
    has_time = at != time()
    return datetime.combine(day, at if has_time else _MORNING, ZoneInfo(zone)), has_time


def _time(clock: re.Match[str]) -> time:
    hour, half = int(clock[1]), (clock[3] or "").lower()
    if half and not 1 <= hour <= 12:
        raise Unreadable
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(clock[2]))
    except ValueError as error:
        raise Unreadable from error
