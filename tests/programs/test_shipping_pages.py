"""The pages about shipping: what everybody sees, and what administrators enter."""

import re
from datetime import UTC, date, datetime

import pytest

from portal.audit.models import Entry
from programs import holidays, transit_times
from programs.models import Branding, Holiday, ShippingMethod, TransitTime
from programs.transit_times import Facts
from tests import factories
from tests.programs.posting import make_method

LIST = "/products/shipping/"
HOLIDAYS = "/products/shipping/holidays/"
# Monday the 30th of November, ten in the morning in New York.
MONDAY = datetime(2026, 11, 30, 15, tzinfo=UTC)
TYPED = {"least_days": "1", "most_days": "3", "cut_off_hour": "14", "is_tracked": "on"}
CHRISTMAS = {"day": "2026-12-25", "name": "Christmas Day"}


@pytest.fixture(autouse=True)
def _monday(settings, time_machine):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    time_machine.move_to(MONDAY, tick=False)


@pytest.fixture
def methods(db):
    make_method("OVERNIGHT", "29.90", (1, 1), is_tracked=True, carrier="Swiftline")
    make_method("STANDARD", "4.95", (1, 3))
    make_method("PIGEON", "7.00", carrier="")


def rows(page) -> list[str]:
    """The rows of the first table as people read them."""
    table = re.search(r"<tbody>(.*?)</tbody>", page.content.decode(), re.DOTALL)
    assert table
    plain = re.sub(r"<[^>]+>", " ", table[1].replace("</tr>", "|"))
    return [" ".join(row.split()) for row in plain.split("|") if row.strip()]


def acts() -> list[str]:
    return list(Entry.objects.order_by("sequence").values_list("action", flat=True))


def test_shipping_list_shows_prices_dates_and_badges(as_ada, methods):
    page = as_ada.get(LIST)

    until = "30 Nov 2026, 14:00 EST"
    assert rows(page) == [
        "Standard Cheapest Pelican Post $4.95 "
        f"Tue 1 – Thu 3 Dec if ordered before {until} No",
        "Pigeon – $7.00 No estimate –",
        f"Overnight Fastest Swiftline $29.90 Tue 1 Dec if ordered before {until} Yes",
    ]
    assert "Estimated arrival" in page.text
    assert "An estimate is what administrators entered" in page.text


def test_shipping_list_says_of_a_lone_method_no_more_than_its_facts(as_ada, db):
    make_method("STANDARD", "4.95", (1, 3))

    assert "Cheapest" not in as_ada.get(LIST).text


def test_shipping_list_narrows_to_a_delivery_company(as_ada, methods):
    shown = rows(as_ada.get(LIST, {"company": "Swiftline"}))

    assert len(shown) == 1
    assert shown[0].startswith("Overnight Swiftline $29.90")
    assert len(rows(as_ada.get(LIST, {"company": "nonsense"}))) == 3
    assert len(rows(as_ada.get(LIST, {"company": ""}))) == 3


def test_shipping_list_is_a_fragment_for_htmx(as_ada, methods):
    fragment = as_ada.get(
        LIST, {"company": "Swiftline"}, headers={"HX-Request": "true"}
    )

    assert fragment.text.strip().startswith('<div id="methods"')
    assert "1 shipping method" in fragment.text
    assert "Card carriers" not in fragment.text


def test_shipping_list_shows_retired_ones_on_demand(as_adam, methods):
    ShippingMethod.objects.filter(carrier="Swiftline").update(retired_at=MONDAY)

    assert "Overnight" not in as_adam.get(LIST).text

    *_, last = rows(as_adam.get(LIST, {"retired": "on"}))
    assert last.startswith("Overnight Retired")
    assert "No estimate" in last
    assert "Edit" not in last


def test_shipping_list_shows_card_carriers_and_brandings(as_ada, db, settings):
    settings.CARD_CARRIERS = {"DEFAULT": "Plain white folder"}
    Branding.objects.create(provider_id="B", name="Classic", retired_at=MONDAY)

    page = as_ada.get(LIST)

    assert "Plain white folder" in page.text
    assert "DEFAULT" in page.text
    assert "Classic" in page.text


def test_shipping_list_survives_hostile_words(as_ada, db):
    make_method("X", description="<script>x</script>", carrier="<b>Y</b>")

    page = as_ada.get(LIST)

    assert "<script>x" not in page.text
    assert "<b>Y" not in page.text


def test_shipping_list_costs_few_queries_however_many_methods(
    as_adam, db, django_assert_max_num_queries
):
    for number in range(200):
        make_method(f"M{number}", days=(1, 9))

    with django_assert_max_num_queries(12):
        page = as_adam.get(LIST, {"retired": "on"})

    assert len(rows(page)) == 200


@pytest.mark.parametrize("role", ["ada", "audra", "manu", "petra"])
def test_only_administrators_of_the_organisation_see_what_to_edit(
    request, methods, role
):
    client = factories.signed_in(request.getfixturevalue(role))

    page = client.get(LIST)

    assert "Edit" not in page.text
    assert HOLIDAYS not in page.text


def test_transit_edit_becomes_the_estimate(as_adam, db):
    method = make_method("STANDARD")
    assert f"{LIST}{method.pk}/" in as_adam.get(LIST).text

    answer = as_adam.post(f"{LIST}{method.pk}/", TYPED, follow=True)

    assert answer.redirect_chain == [(LIST, 303)]
    assert "Standard: ordered now, it arrives about Tue 1 – Thu 3 Dec." in answer.text
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.subject_id) == ("transit_time.entered", str(method.pk))
    after = {
        "least_days": 1,
        "most_days": 3,
        "cut_off_hour": 14,
        "is_tracked": True,
    }
    assert entry.data == {"before": None, "after": after}


def test_transit_edit_shows_what_was_entered_and_changes_it(as_adam, methods):
    method = ShippingMethod.objects.get(provider_id="OVERNIGHT")
    url = f"{LIST}{method.pk}/"
    form = as_adam.get(url).context["form"]
    assert form.initial == {
        "least_days": 1,
        "most_days": 1,
        "cut_off_hour": 14,
        "is_tracked": True,
    }

    as_adam.post(url, {**TYPED, "cut_off_hour": "9", "is_tracked": ""})

    method = ShippingMethod.objects.get(pk=method.pk)
    assert transit_times.facts_of(method) == Facts(1, 3, 9, False)
    data = Entry.objects.latest("sequence").data
    assert data["before"]["cut_off_hour"] == 14


def test_entering_the_same_again_is_no_act(as_adam, db):
    method = make_method("STANDARD")

    for _ in range(2):
        assert as_adam.post(f"{LIST}{method.pk}/", TYPED).status_code == 303

    assert acts().count("transit_time.entered") == 1


def test_an_estimate_is_removed_once(as_adam, methods):
    method = ShippingMethod.objects.get(provider_id="STANDARD")
    url = f"{LIST}{method.pk}/"
    assert "Remove the estimate" in as_adam.get(url).text

    for _ in range(2):
        answer = as_adam.post(url, {**TYPED, "remove": "1"}, follow=True)

    assert "Standard has no estimate any more." in answer.text
    assert not TransitTime.objects.filter(method=method).exists()
    assert acts().count("transit_time.removed") == 1
    assert "Remove the estimate" not in as_adam.get(url).text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("least_days", "", "required"),
        ("least_days", "0", "greater than or equal to 1"),
        ("least_days", "-3", "greater than or equal to 1"),
        ("least_days", "two", "whole number"),
        ("least_days", "1.5", "whole number"),
        ("most_days", "61", "less than or equal to 60"),
        ("most_days", "9" * 30, "less than or equal to 60"),
        ("most_days", "1", "Enter 2 or more"),
        ("cut_off_hour", "24", "valid choice"),
        ("cut_off_hour", "noon", "valid choice"),
    ],
)
def test_bad_times_are_answered_at_their_field_and_kept(
    as_adam, db, field, typed, says
):
    method = make_method("STANDARD", days=(2, 4))
    sent = {**TYPED, "least_days": "2", field: typed}

    page = as_adam.post(f"{LIST}{method.pk}/", sent)

    assert page.status_code == 422
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    assert {name: form[name].value() for name in TYPED} == {**sent, "is_tracked": True}
    assert transit_times.facts_of(method) == Facts(2, 4, 14, False)


def test_a_method_that_is_not_there_is_not_found(as_adam):
    assert as_adam.get(f"{LIST}99/").status_code == 404
    assert as_adam.post(f"{LIST}99/", TYPED).status_code == 404


def test_a_holiday_moves_the_estimate(as_adam, methods):
    answer = as_adam.post(
        HOLIDAYS, {"day": "2026-12-02", "name": " Founders’  day "}, follow=True
    )

    assert answer.redirect_chain == [(HOLIDAYS, 303)]
    assert "Added: Founders’ day, Wed 2 Dec 2026." in answer.text
    assert "Tue 1 – Fri 4 Dec" in as_adam.get(LIST).text
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.data) == ("holiday.added", {"day": "2026-12-02"})


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"day": ""}, "day", "required"),
        ({"day": "2026-02-30"}, "day", "valid date"),
        ({"day": "Christmas"}, "day", "valid date"),
        ({"day": "2062-12-25"}, "day", "from 1 Jan 2025 to 31 Dec 2031"),
        ({"day": "2024-12-31"}, "day", "from 1 Jan 2025 to 31 Dec 2031"),
        ({"day": "2026-12-24"}, "day", "Christmas Eve is on that day already."),
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 101}, "name", "at most 100"),
        ({"name": "A\0B"}, "name", "Null characters"),
    ],
)
def test_bad_holidays_are_answered_at_their_field_and_kept(
    as_adam, db, typed, field, says
):
    Holiday.objects.create(day=date(2026, 12, 24), name="Christmas Eve")

    page = as_adam.post(HOLIDAYS, {**CHRISTMAS, **typed})

    assert page.status_code == 422
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    kept = {name: form[name].value() for name in CHRISTMAS}
    assert kept == {**CHRISTMAS, **typed}
    assert Holiday.objects.count() == 1
    assert acts() == []


def test_a_holiday_is_removed_once_and_the_journal_keeps_its_day(as_adam, db):
    as_adam.post(HOLIDAYS, CHRISTMAS)
    url = f"{HOLIDAYS}{Holiday.objects.get().pk}/remove/"

    first = as_adam.post(url, follow=True)
    second = as_adam.post(url, follow=True)

    assert "Removed: Christmas Day, Fri 25 Dec 2026." in first.text
    assert "removed already" in second.text
    assert not Holiday.objects.exists()
    removed = Entry.objects.filter(action="holiday.removed")
    assert [entry.data for entry in removed] == [{"day": "2026-12-25"}]


def test_two_people_who_add_one_day_get_one_holiday(boss, db):
    holidays.add(date(2026, 12, 25), "Christmas Day", actor=boss)

    with pytest.raises(holidays.Taken) as caught:
        holidays.add(date(2026, 12, 25), "Xmas", actor=boss)

    assert caught.value.holiday.name == "Christmas Day"
    assert Holiday.objects.count() == 1
    assert acts() == ["holiday.added"]


def test_holiday_list_begins_with_the_next_and_keeps_past_ones_apart(as_adam, db):
    for day in ("2026-11-29", "2026-11-30", "2026-12-25", "2025-12-25"):
        Holiday.objects.create(day=date.fromisoformat(day), name=f"Day {day}")

    assert days(as_adam.get(HOLIDAYS)) == ["2026-11-30", "2026-12-25"]
    assert days(as_adam.get(HOLIDAYS, {"show": "past"})) == ["2026-11-29", "2025-12-25"]


def test_today_is_the_organisation_s_day(adam, time_machine):
    Holiday.objects.create(day=date(2026, 11, 30), name="Today in New York")
    # Already tomorrow in UTC.
    time_machine.move_to(datetime(2026, 12, 1, 3, tzinfo=UTC), tick=False)

    assert days(factories.signed_in(adam).get(HOLIDAYS)) == ["2026-11-30"]


def test_holiday_list_shows_every_day_over_its_pages(as_adam, db):
    Holiday.objects.bulk_create(
        Holiday(day=date.fromordinal(date(2027, 1, 1).toordinal() + n), name="Day off")
        for n in range(120)
    )
    seen: list[str] = []
    url = ""
    for _ in range(5):
        page = as_adam.get(HOLIDAYS + url)
        seen += days(page)
        url = page.context["page"].older_url
        if not url:
            break

    assert len(seen) == 120
    assert seen == sorted(seen)


def days(page) -> list[str]:
    return [holiday.day.isoformat() for holiday in page.context["page"].rows]


def test_the_journal_names_the_method(as_adam, methods):
    method = ShippingMethod.objects.get(provider_id="STANDARD")
    as_adam.post(f"{LIST}{method.pk}/", {**TYPED, "most_days": "4"})

    page = as_adam.get("/audit/")

    assert "Transit time entered" in page.text
    assert "Standard" in page.text
