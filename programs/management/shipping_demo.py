"""What the demonstration knows about the post: transit times and holidays."""

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from portal.actors import Actor
from programs import arrival, holidays, transit_times
from programs.models import ShippingMethod
from programs.transit_times import Facts

# By the sandbox's ids. Nobody knows how long a registered card takes.
_TIMES: Final = {
    "STANDARD": Facts(5, 8, 14, is_tracked=False),
    "PRIORITY": Facts(2, 3, 14, is_tracked=True),
    "GROUND": Facts(3, 5, 16, is_tracked=True),
    "TWODAY": Facts(2, 2, 16, is_tracked=True),
    "OVERNIGHT": Facts(1, 1, 12, is_tracked=True),
}
_THURSDAY: Final = 3


def fill(*, actor: Actor) -> None:
    """Enter them for the methods on record, this year and the next; safe to repeat."""
    for method in ShippingMethod.objects.filter(provider_id__in=_TIMES):
        transit_times.enter(method, _TIMES[method.provider_id], actor=actor)
    this_year = arrival.local_day(timezone.now()).year
    for year in (this_year, this_year + 1):
        for day, name in _holidays(year).items():
            with suppress(holidays.Taken):
                holidays.add(day, name, actor=actor)


def _holidays(year: int) -> dict[date, str]:
    november = date(year, 11, 1)
    first_thursday = november + timedelta(days=(_THURSDAY - november.weekday()) % 7)
    return {
        date(year, 1, 1): "New Year’s Day",
        date(year, 7, 4): "Independence Day",
        first_thursday + timedelta(weeks=3): "Thanksgiving Day",
        date(year, 12, 25): "Christmas Day",
    }
