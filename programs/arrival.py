"""When a card arrives if it is ordered at some moment: an estimate, never a promise.

Days are those of the organisation's zone. Saturdays, Sundays and holidays do not count:
nothing leaves and nothing arrives on them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from programs.models import Holiday, TransitTime

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Window:
    """The first and the last day it may arrive on, if ordered before `ordered_by`."""

    earliest: date
    latest: date
    ordered_by: datetime


def local_day(moment: datetime) -> date:
    """The day it is then where the organisation is."""
    return moment.astimezone(_zone()).date()


def end_of(last_day: date) -> datetime:
    """The midnight after a last day where the organisation is."""
    return datetime.combine(last_day + _DAY, time(), tzinfo=_zone())


def holidays_from(moment: datetime) -> frozenset[date]:
    """The holidays that can matter to what is ordered then; one query."""
    later = Holiday.objects.filter(day__gte=local_day(moment))
    return frozenset(later.values_list("day", flat=True))


def window(
    transit: TransitTime, ordered_at: datetime, holidays: Collection[date]
) -> Window:
    """Between the least and the most business days after the day it leaves on.

    It leaves on the day it is ordered if that is a business day and the hour of the
    cut-off has not come, else on the next business day.
    """
    zone = _zone()
    local = ordered_at.astimezone(zone)
    is_late = local.hour >= transit.cut_off_hour
    leaves = _business_day(local.date() + _DAY * is_late, holidays)
    earliest = _later(leaves, transit.least_days, holidays)
    latest = _later(earliest, transit.most_days - transit.least_days, holidays)
    cut_off = datetime.combine(leaves, time(transit.cut_off_hour), zone)
    return Window(earliest, latest, ordered_by=cut_off)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.DEFAULT_TIME_ZONE)


def _later(day: date, business_days: int, holidays: Collection[date]) -> date:
    for _ in range(business_days):
        day = _business_day(day + _DAY, holidays)
    return day


def _business_day(day: date, holidays: Collection[date]) -> date:
    """This day or the next one on which there is work."""
    while day.weekday() >= _SATURDAY or day in holidays:
        day += _DAY
    return day
