from datetime import UTC, datetime

import pytest
from time_machine import travel

from portal.accounts import people
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit import journal, naming
from portal.audit.actions import Action
from portal.permissions import Role
from tests import factories

LIST = "/audit/"


def titles(response) -> list[str]:
    return [line.title for line in response.context["lines"]]


@pytest.fixture
def busy(as_adam, adam, otto, program, elsewhere):
    """A journal with something for each filter: two fundings and three more acts."""
    people.change_role(otto, Role.AUDITOR, actor=actor_of(adam))
    journal.record(Action.CATALOGUE_REFRESHED, otto, actor=WORKER)
    with travel(datetime(2030, 5, 6, 12, tzinfo=UTC), tick=False):
        journal.record(Action.SIGNED_IN, otto, actor=actor_of(otto))
    return as_adam


FUNDED, CHANGED = "Budget funded", "Person role changed"
REFRESHED, SIGNED_IN = "Catalogue refreshed", "Person signed in"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [SIGNED_IN, REFRESHED, CHANGED, FUNDED, FUNDED]),
        ({"kind": "system"}, [REFRESHED]),
        ({"person": "ada"}, [CHANGED, FUNDED, FUNDED]),
        ({"person": "OTTO@example"}, [SIGNED_IN]),
        ({"person": "nobody"}, []),
        ({"action": "person.signed_in"}, [SIGNED_IN]),
        ({"about": "otto"}, [SIGNED_IN, REFRESHED, CHANGED]),
        ({"about": "nothing such"}, []),
        ({"since": "2030-05-06"}, [SIGNED_IN]),
        ({"since": "2030-05-07"}, []),
        ({"until": "2030-05-05"}, [REFRESHED, CHANGED, FUNDED, FUNDED]),
        ({"until": "2030-05-06"}, [SIGNED_IN, REFRESHED, CHANGED, FUNDED, FUNDED]),
        ({"person": "adam", "action": "budget.funded"}, [FUNDED, FUNDED]),
    ],
)
def test_entry_list_is_narrowed_by(busy, filters, expected):
    page = busy.get(LIST, filters)

    assert titles(page) == expected
    assert len(page.context["chips"]) == len(filters)


def test_entry_list_is_narrowed_to_a_program_by_number_and_name(busy, elsewhere):
    by_number = busy.get(LIST, {"program": str(elsewhere.pk)})
    naming.register(
        "program",
        lambda ids: {},
        lambda words: [elsewhere.pk] if words.lower() in "autumn" else [],
    )
    by_name = busy.get(LIST, {"program": "Autu"})

    for page in (by_number, by_name):
        (line,) = page.context["lines"]
        assert line.entry.program_id == elsewhere.pk


def test_a_day_is_the_reader_s_own_day(as_adam, adam, otto):
    adam.time_zone = "Pacific/Auckland"
    adam.save()
    with travel(datetime(2030, 5, 6, 13, tzinfo=UTC), tick=False):  # the 7th there
        journal.record(Action.SIGNED_IN, otto, actor=actor_of(otto))

    assert titles(as_adam.get(LIST, {"since": "2030-05-07"})) == [SIGNED_IN]
    assert SIGNED_IN not in titles(as_adam.get(LIST, {"until": "2030-05-06"}))


@pytest.mark.parametrize(
    "bad",
    [
        {"since": "yesterday"},
        {"until": "2026-02-31"},
        {"since": "0001-01-01"},
        {"until": "9999-12-31"},
        {"action": "drop.table"},
        {"kind": "robot"},
        {"program": "9" * 40},
        {"about": "9" * 40},
        {"about": "a\x00b"},
        {"person": "x" * 500},
        {"after": "nonsense"},
    ],
)
def test_entry_list_survives_bad_filters(as_adam, program, bad):
    assert as_adam.get(LIST, bad).status_code == 200


def test_a_chip_removes_its_filter_and_the_cursor(busy):
    page = busy.get(LIST, {"kind": "person", "action": "budget.funded", "after": "x"})

    removals = [chip["remove_url"] for chip in page.context["chips"]]

    assert removals == ["?action=budget.funded", "?kind=person"]


def test_nothing_matches_offers_to_clear(busy):
    page = busy.get(LIST, {"person": "nobody"}).content.decode()

    assert "Nothing matches" in page
    assert "Clear all filters" in page


def test_entry_list_sends_htmx_the_rows_alone(as_adam, program):
    page = as_adam.get(LIST, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert "Budget funded" in page


def test_entry_list_costs_the_same_with_many_entries(
    as_adam, adam, program, django_assert_max_num_queries
):
    for number in range(60):
        person = factories.make_user(f"Person{number}")
        journal.record(Action.SIGNED_IN, person, actor=actor_of(person))

    with django_assert_max_num_queries(12):
        first = as_adam.get(LIST)
    with django_assert_max_num_queries(12):
        as_adam.get(LIST + first.context["page"].older_url)
