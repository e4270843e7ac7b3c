"""When a card arrives: business days, holidays, the cut-off, and the edges of zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from programs import arrival, sentences, shipping
from programs.arrival import Window
from programs.models import Holiday, ShippingMethod, TransitTime
from tests.programs.posting import make_method

# Zones whose clocks change at noon's other end, at midnight, by half an hour, on a
# business day, or never.
ZONES = (
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "Asia/Beirut",
    "Asia/Kolkata",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Honolulu",
    "UTC",
)
FIRST = date(2024, 1, 1)

moments = st.integers(0, 8 * 365 * 86_400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
days_off = st.frozensets(
    st.integers(0, 8 * 365).map(lambda n: FIRST + timedelta(days=n)), max_size=60
)
spans = st.tuples(st.integers(1, 60), st.integers(1, 60)).map(
    lambda days: (min(days), max(days))
)
hours = st.integers(0, 23)
# A busy machine is slow, not wrong.
unhurried = settings(deadline=None)
zones = st.sampled_from(ZONES)


def transit(days: tuple[int, int], cut_off_hour: int = 14) -> TransitTime:
    least, most = days
    return TransitTime(
        least_days=least, most_days=most, cut_off_hour=cut_off_hour, is_tracked=False
    )


def at(text: str, zone: str = "America/New_York") -> datetime:
    """A moment as clocks there show it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def counted(
    span: tuple[int, int],
    hour: int,
    local: datetime,
    holidays: frozenset[date],
    *,
    horizon: int = 400,
) -> tuple[date, date]:
    """The same by counting in a list of all business days there are."""
    begin = local.date()
    business = [
        day
        for day in (begin + timedelta(days=n) for n in range(horizon))
        if f"{day:%a}" not in {"Sat", "Sun"} and day not in holidays
    ]
    if business[0] == begin and f"{local:%H:%M:%S}" >= f"{hour:02}:00:00":
        business = business[1:]
    return business[span[0]], business[span[1]]


@unhurried
@given(zone=zones, moment=moments, span=spans, hour=hours, holidays=days_off)
def test_a_window_counts_business_days_of_the_organisation(
    zone, moment, span, hour, holidays
):
    with override_settings(DEFAULT_TIME_ZONE=zone):
        found = arrival.window(transit(span, hour), moment, holidays)

    local = moment.astimezone(ZoneInfo(zone))
    assert (found.earliest, found.latest) == counted(span, hour, local, holidays)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        # The year's end, and both weeks in which clocks change.
        ("2026-12-21", "2027-01-06"),
        ("2027-03-11", "2027-03-17"),
        ("2027-11-04", "2027-11-10"),
    ],
)
def test_every_hour_at_the_edges_is_counted_with_every_cut_off(first, last, settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    holidays = frozenset({date(2026, 12, 25), date(2027, 1, 1)})
    moment, end, span = at(first), at(last), (1, 3)

    while moment < end:
        local = moment.astimezone(ZoneInfo("America/New_York"))
        for hour in range(24):
            found = arrival.window(transit(span, hour), moment, holidays)
            expected = counted(span, hour, local, holidays, horizon=15)
            assert (found.earliest, found.latest) == expected, (local, hour)
        moment += timedelta(hours=1)


@unhurried
@given(zone=zones, moment=moments, span=spans, hour=hours, holidays=days_off)
def test_a_window_holds_until_its_last_moment_and_no_longer(
    zone, moment, span, hour, holidays
):
    with override_settings(DEFAULT_TIME_ZONE=zone):
        found = arrival.window(transit(span, hour), moment, holidays)
        until = found.ordered_by.astimezone(UTC)
        just_before = until - timedelta(microseconds=1)
        last = arrival.window(transit(span, hour), just_before, holidays)
        missed = arrival.window(transit(span, hour), until, holidays)

    assert moment < until
    assert last == found
    assert missed.earliest > found.earliest
    assert missed.latest > found.latest


@unhurried
@given(
    zone=zones,
    moment=moments,
    later=st.timedeltas(timedelta(0), timedelta(days=9)),
    span=spans,
    hour=hours,
    holidays=days_off,
)
def test_what_is_ordered_later_never_arrives_earlier(
    zone, moment, later, span, hour, holidays
):
    with override_settings(DEFAULT_TIME_ZONE=zone):
        first = arrival.window(transit(span, hour), moment, holidays)
        second = arrival.window(transit(span, hour), moment + later, holidays)

    assert (first.earliest, first.latest, first.ordered_by) <= (
        second.earliest,
        second.latest,
        second.ordered_by,
    )


@pytest.mark.parametrize(
    ("ordered", "arrives"),
    [
        # Monday before and at the cut-off, and a moment before midnight.
        ("2026-11-30T13:59:59", "Tue 1 – Thu 3 Dec"),
        ("2026-11-30T14:00:00", "Wed 2 – Fri 4 Dec"),
        ("2026-11-30T23:59:59", "Wed 2 – Fri 4 Dec"),
        # Late on Friday is Monday, as is the whole weekend.
        ("2026-11-27T13:59:59", "Mon 30 Nov – Wed 2 Dec"),
        ("2026-11-27T14:00:00", "Tue 1 – Thu 3 Dec"),
        ("2026-11-28T23:00:00", "Tue 1 – Thu 3 Dec"),
        ("2026-11-29T20:00:00", "Tue 1 – Thu 3 Dec"),
        # Over Christmas and the year's end, which are holidays here.
        ("2026-12-23T09:00:00", "Thu 24 – Tue 29 Dec"),
        ("2026-12-24T15:00:00", "Tue 29 – Thu 31 Dec"),
        ("2026-12-30T09:00:00", "Thu 31 Dec 2026 – Tue 5 Jan 2027"),
        ("2026-12-31T23:30:00", "Tue 5 – Thu 7 Jan"),
        # The nights the clocks change.
        ("2027-03-14T01:59:59", "Tue 16 – Thu 18 Mar"),
        ("2027-11-07T01:30:00", "Tue 9 – Thu 11 Nov"),
    ],
)
def test_one_to_three_days_with_a_cut_off_at_two(ordered, arrives, settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    holidays = {date(2026, 12, 25), date(2027, 1, 1)}

    window = arrival.window(transit((1, 3)), at(ordered), holidays)

    assert sentences.arrival(window) == arrives


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Pacific/Honolulu", "Tue 1 Dec"),
        ("America/New_York", "Tue 1 Dec"),
        ("Asia/Tokyo", "Wed 2 Dec"),
        ("Pacific/Auckland", "Wed 2 Dec"),
    ],
)
def test_the_day_is_the_organisation_s(zone, day, settings):
    settings.DEFAULT_TIME_ZONE = zone
    ordered = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)

    window = arrival.window(transit((1, 1)), ordered, ())

    assert sentences.arrival(window) == day


def test_the_cut_off_is_said_as_a_moment(settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"

    for ordered, until in (
        ("2026-11-30T09:00:00", "2026-11-30T14:00:00-05:00"),
        ("2026-11-27T14:00:00", "2026-11-30T14:00:00-05:00"),
        ("2027-03-12T15:00:00", "2027-03-15T14:00:00-04:00"),
    ):
        window = arrival.window(transit((1, 3)), at(ordered), ())
        assert window.ordered_by.isoformat() == until


def test_a_cut_off_at_midnight_never_leaves_the_same_day(settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    midnight = at("2026-11-30T00:00:00")

    window = arrival.window(transit((1, 1), cut_off_hour=0), midnight, ())

    assert window.earliest == date(2026, 12, 2)


def test_a_method_s_window_minds_the_holidays_that_are_kept(db, settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    Holiday.objects.create(day=date(2026, 12, 1), name="Founders' day")
    make_method("STANDARD", days=(1, 3))
    method = ShippingMethod.objects.get()

    window = shipping.window(method, at("2026-11-30T09:00:00"))

    assert window is not None
    assert sentences.arrival(window) == "Wed 2 – Fri 4 Dec"


def test_a_holiday_matters_to_what_was_ordered_on_its_own_day(db, settings):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    Holiday.objects.create(day=date(2026, 11, 30), name="Founders' day")
    # Already the first of December in UTC.
    ordered = at("2026-11-30T21:00:00")

    assert arrival.holidays_from(ordered) == {date(2026, 11, 30)}


def test_nobody_knows_how_long_a_method_without_a_time_takes(db):
    method = make_method("PIGEON")

    assert shipping.window(method, at("2026-11-30T09:00:00")) is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-12-01", "2026-12-01", "Tue 1 Dec"),
        ("2026-12-01", "2026-12-03", "Tue 1 – Thu 3 Dec"),
        ("2026-11-30", "2026-12-02", "Mon 30 Nov – Wed 2 Dec"),
        ("2026-12-31", "2027-01-04", "Thu 31 Dec 2026 – Mon 4 Jan 2027"),
    ],
)
def test_a_window_in_words_repeats_nothing(first, last, words):
    days = date.fromisoformat(first), date.fromisoformat(last)

    assert sentences.arrival(Window(*days, ordered_by=at("2026-11-30"))) == words
