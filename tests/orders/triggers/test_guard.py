"""What keeps a promotion from starting: every open question, with field and remedy."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from orders.triggers import guard, law
from orders.triggers.guard import Facts
from portal.accounts.models import actor_of
from portal.money import Money
from programs import dated
from programs.models import Product, Program
from tests.orders.triggers import ruled

TODAY = date(2026, 3, 1)
THRESHOLDS = {
    "NY": Money.of_minor(500_000, "USD"),
    "FL": Money.of_minor(500_000, "USD"),
    "RI": Money.of_minor(50_000, "USD"),
}
# Nothing is read of them, so they need no database.
TEXT = replace(
    ruled.make_text(Program(name="Spring"), Product(name="CVS")),
    starts_on=TODAY,
    ends_on=TODAY + timedelta(days=91),
)


def dollars(amount: int, currency: str = "USD") -> Money:
    return Money.of_minor(amount * 100, currency)


def fields(**answers: Any) -> list[str]:
    """The fields that keep it from starting, with these answers instead."""
    facts = Facts(replace(TEXT, **answers), THRESHOLDS, TODAY)
    return [problem.field for problem in guard.problems(facts)]


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, []),
        ({"per_person": None, "most_in_all": None}, ["per_person"]),
        ({"per_person": None}, []),
        ({"most_in_all": None}, []),
        ({"starts_on": None}, ["starts_on"]),
        ({"ends_on": None}, ["ends_on"]),
        ({"starts_on": None, "ends_on": None}, ["starts_on", "ends_on"]),
        ({"ends_on": TODAY}, []),
        ({"ends_on": TODAY - timedelta(days=1)}, ["ends_on"]),
        (
            {"starts_on": TODAY - timedelta(9), "ends_on": TODAY - timedelta(days=1)},
            ["ends_on"],
        ),
        ({"eligibility": "  "}, ["eligibility"]),
        ({"terms": ""}, ["terms"]),
        ({"by_chance": None}, ["by_chance"]),
        ({"by_chance": True}, ["prizes"]),
        ({"asks_review": None}, ["asks_review"]),
        ({"asks_review": True}, ["disclosure"]),
        ({"asks_review": True, "disclosure": "I was given a card."}, []),
    ],
)
def test_every_question_names_its_field(answers, asked):
    assert fields(**answers) == asked


@pytest.mark.parametrize(
    ("prizes", "states", "registration", "asked"),
    [
        (500, ["NY", "FL", "RI"], "", 0),
        (501, ["NY", "FL", "RI"], "", 1),
        (501, ["NY", "FL"], "", 0),
        (5000, ["NY", "FL"], "", 0),
        (5001, ["NY", "FL", "RI"], "", 3),
        (5001, ["NY"], "", 1),
        (5001, ["NY"], "NY-2026-17", 0),
        (1_000_000, [], "", 0),
    ],
)
def test_prizes_above_a_threshold_are_registered_or_the_state_is_left_out(
    prizes, states, registration, asked
):
    found = fields(
        by_chance=True,
        prizes=dollars(prizes),
        states=tuple(states),
        registration=registration,
    )

    assert found == ["states"] * asked


def test_what_cannot_be_compared_is_better_registered():
    text = replace(TEXT, by_chance=True, states=("NY",), prizes=dollars(1))

    euros = Facts(replace(text, prizes=dollars(1, "EUR")), THRESHOLDS, TODAY)
    assert [problem.field for problem in guard.problems(euros)] == ["states"]
    facts = Facts(text, {}, TODAY)
    (problem,) = guard.problems(facts)
    assert "any amount" in problem.message


def test_without_chance_prizes_do_not_matter():
    assert fields(by_chance=False, prizes=dollars(9_000), states=("NY",)) == []


def test_tasks_are_the_questions_answered_or_not():
    facts = Facts(replace(TEXT, terms="", ends_on=None), THRESHOLDS, TODAY)

    open_tasks = [str(task.label) for task in guard.tasks(facts) if not task.passed]

    assert open_tasks == ["A first and a last day", "Terms"]
    assert all(task.detail for task in guard.tasks(facts) if not task.passed)
    assert len(guard.tasks(facts)) == 6


def test_the_threshold_is_that_of_the_first_day(db, adam):
    dated.add("prizes_ri", 90_000, TODAY, "A new act", actor=actor_of(adam))

    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert law.thresholds(before)["RI"] == dollars(500)
    assert law.thresholds(TODAY)["RI"] == dollars(900)
    assert law.thresholds(after)["RI"] == dollars(900)
    assert law.thresholds(date(1999, 1, 1)) == {}
