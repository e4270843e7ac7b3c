"""Rules of law with a date: what holds when, and adding to them."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from portal.accounts.models import actor_of
from portal.audit.models import Entry
from programs import dated
from programs.models import DatedSetting

LIST = "/law/"
NEW = "/law/new/"
NAME = DatedSetting.Name.PRIZES_FLORIDA
TYPED = {
    "name": "prizes_fl",
    "value": "7,500",
    "valid_from": "2026-07-01",
    "source": "Florida Statutes, section 849.094, as amended",
}


@pytest.fixture(autouse=True)
def _march(settings, time_machine):
    settings.DEFAULT_TIME_ZONE = "America/New_York"
    time_machine.move_to(datetime(2026, 3, 1, 15, tzinfo=UTC), tick=False)


def value_on(day: str) -> int:
    found = dated.in_force(NAME, date.fromisoformat(day))
    assert found
    return found.value


def test_the_portal_comes_with_the_thresholds_of_today(db):
    amounts = {
        name: found.value
        for name in DatedSetting.Name.values
        if (found := dated.in_force(name, date(2026, 3, 1)))
    }

    assert amounts == {"prizes_ny": 500_000, "prizes_fl": 500_000, "prizes_ri": 50_000}
    assert dated.in_force(NAME, date(1999, 12, 31)) is None


def test_a_row_holds_from_its_day_on(adam):
    actor = actor_of(adam)
    dated.add(NAME, 750_000, date(2026, 7, 1), "Amended", actor=actor)
    dated.add(NAME, 600_000, date(2026, 5, 1), "Entered later", actor=actor)

    assert value_on("2026-04-30") == 500_000
    assert value_on("2026-05-01") == 600_000
    assert value_on("2026-06-30") == 600_000
    assert value_on("2026-07-01") == 750_000


def test_a_slip_is_put_right_by_another_row_from_the_same_day(adam):
    dated.add(NAME, 75_000, date(2026, 7, 1), "Amended", actor=actor_of(adam))
    dated.add(NAME, 750_000, date(2026, 7, 1), "Amended", actor=actor_of(adam))

    assert value_on("2026-07-01") == 750_000


def test_what_is_entered_can_be_neither_changed_nor_removed(adam):
    row = dated.add(NAME, 1, date(2026, 7, 1), "Amended", actor=actor_of(adam))

    for change in (
        lambda: DatedSetting.objects.filter(pk=row.pk).update(value=2),
        lambda: DatedSetting.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert value_on("2026-07-01") == 1


def test_a_row_is_added_with_an_entry_in_the_journal(as_adam, adam):
    answer = as_adam.post(NEW, TYPED, follow=True)

    row = DatedSetting.objects.latest("pk")
    assert (row.value, row.created_by) == (750_000, adam)
    assert "Florida: prizes above this are registered: $7,500.00 from 1 Jul 2026" in (
        answer.text
    )
    entry = Entry.objects.latest("sequence")
    assert entry.action == "dated_setting.added"
    assert entry.data == {"name": "prizes_fl", "value": 750_000, "from": "2026-07-01"}


def test_the_list_says_what_holds_today_and_what_is_to_come(as_adam):
    as_adam.post(NEW, TYPED)

    florida = next(
        rule for rule in as_adam.get(LIST).context["rules"] if rule.name == NAME
    )

    assert [
        (str(line.value), line.is_current, line.is_to_come) for line in florida.lines
    ] == [("$7,500.00", False, True), ("$5,000.00", True, False)]
    assert "Came with the portal" in as_adam.get(LIST).text


def test_the_same_row_twice_is_one(as_adam):
    as_adam.post(NEW, TYPED)
    before = DatedSetting.objects.count()

    page = as_adam.post(NEW, TYPED)

    assert page.status_code == 422
    assert "This row is there already" in page.text
    assert DatedSetting.objects.count() == before


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("name", "prizes_ca", "not one of the available choices"),
        ("value", "", "This field is required"),
        ("value", "a lot", "Enter an amount in digits"),
        ("value", "-5", "Enter an amount in digits"),
        ("valid_from", "1999-12-31", "Enter a day from 1 Jan 2000 to 31 Dec 2036."),
        ("valid_from", "2037-01-01", "Enter a day from 1 Jan 2000 to 31 Dec 2036."),
        ("source", "  ", "This field is required"),
        ("source", "x" * 251, "at most 250 characters"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_kept(as_adam, field, wrong, said):
    before = DatedSetting.objects.count()

    page = as_adam.post(NEW, TYPED | {field: wrong})

    assert page.status_code == 422
    assert said in page.text
    assert "as amended" in page.text or field == "source"
    assert DatedSetting.objects.count() == before


def test_the_form_begins_with_the_rule_it_was_opened_for(as_adam):
    form = as_adam.get(NEW, {"name": "prizes_ri"}).context["form"]

    assert form["name"].value() == "prizes_ri"
    assert form["valid_from"].value() == date(2026, 3, 1)
