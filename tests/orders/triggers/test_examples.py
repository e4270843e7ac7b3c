"""The event that is made of a rule: it matches, and says what sending needs."""

import ast
import json
import shlex
from datetime import UTC, datetime

import pytest

from orders.models import Side, Way
from orders.triggers import examples, rule_versions, snippets
from orders.triggers.matching import Matcher
from programs.models import Program
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 15, tzinfo=UTC)


@pytest.fixture
def made_of(program, cvs, manu):
    """The event of a draft with these fields."""

    def make(**fields):
        rule = made.make_rule(program, cvs, manu, None, **fields)
        version = rule_versions.newest(rule)
        return version, examples.event_for(version, event_id="try-1", at=NOW)

    return make


def where(*conditions):
    """One group of conditions, each as "attribute op value"."""
    return [
        [
            dict(zip(("attribute", "op", "value"), each.split(" ", 2), strict=True))
            for each in conditions
        ]
    ]


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        where("purchase ge 50"),
        where("purchase gt 50", "purchase lt 51"),
        where("purchase ge 49.99", "purchase le 49.99"),
        where("country in US, CA"),
        where("country ne US"),
        where("country in US, CA", "country ne US"),
        where("vip eq true", "coupon exists "),
        where("a ge 1e999999", "b le -9e999", "c eq 1e-999"),
        where("since lt 2026-03-01", "since ge 2025-01-01"),
        where("a eq 1", 'b eq it\'s "quoted" $HOME `id` \\ \n'),
        [*where("a lt 1", "a gt 1"), *where("b eq 2")],
    ],
    ids=lambda conditions: json.dumps(conditions)[:50],
)
def test_a_rule_matches_the_event_that_is_made_of_it(made_of, conditions):
    version, call = made_of(conditions=conditions)

    assert Matcher(version, is_trial=True).finding(call, NOW.date()).matched


def test_of_a_contradiction_no_event_is_made(made_of):
    assert made_of(conditions=where("a lt 1", "a gt 1"))[1] is None


def test_both_sides_of_a_referral_are_in_it(made_of):
    _version, call = made_of(gifts={Side.PERSON: 15, Side.ADVOCATE: 25})

    assert call.person.email == "fred@example.com"
    assert call.advocate.email == "adele@example.org"
    assert made_of(name="One side")[1].advocate is None


@pytest.mark.parametrize(
    ("way", "rule", "has_phone", "has_consent"),
    [
        (Way.EMAIL, Program.EmailConsent.NOT_WITHDRAWN, False, False),
        (Way.EMAIL, Program.EmailConsent.RECORDED, False, True),
        (Way.SMS, Program.EmailConsent.NOT_WITHDRAWN, True, True),
        (Way.BOTH, Program.EmailConsent.NOT_WITHDRAWN, True, True),
    ],
)
def test_it_says_what_the_way_of_sending_needs(
    made_of, program, way, rule, has_phone, has_consent
):
    program.email_consent = rule
    program.save()

    _version, call = made_of(way=way)

    assert bool(call.person.phone) == has_phone
    assert bool(call.consent) == has_consent


def test_what_is_printed_is_the_event(made_of):
    _version, call = made_of(
        conditions=where('note eq it\'s "$HOME" `id` \\', "purchase ge 50"),
        gifts={Side.PERSON: 15, Side.ADVOCATE: 25},
        way=Way.SMS,
    )
    body = snippets.body_of(call)

    words = shlex.split(snippets.curl("https://rewards.example.com/x", body))
    printed = ast.parse(snippets.python("https://rewards.example.com/x", body))

    assert json.loads(words[words.index("--data") + 1]) == body
    event = next(n for n in printed.body if isinstance(n, ast.Assign))
    assert ast.literal_eval(event.value) == body
    assert body == {
        "event_id": "try-1",
        "type": "referral.completed",
        "occurred_at": "2026-03-01T15:00:00Z",
        "person": {
            "name": "Fred Friend",
            "email": "fred@example.com",
            "phone": "+12025550143",
        },
        "advocate": {
            "name": "Adele Advocate",
            "email": "adele@example.org",
            "phone": "+12025550187",
        },
        "attributes": {"note": 'it\'s "$HOME" `id` \\', "purchase": 50},
        "consent": {"given_on": "2026-03-01", "evidence": "Sign-up form"},
        "advocate_consent": {"given_on": "2026-03-01", "evidence": "Sign-up form"},
    }


def test_numbers_are_printed_exactly(made_of):
    version, call = made_of(
        conditions=where("rate eq 0.1234567890123456789", "sum eq 9007199254740993")
    )
    body = snippets.body_of(call)

    printed = ast.parse(snippets.python("https://rewards.example.com/x", body))
    event = next(n for n in printed.body if isinstance(n, ast.Assign))
    attributes = ast.literal_eval(event.value)["attributes"]
    again = json.loads(json.dumps(attributes))

    said = made.make_call(attributes=again, type=version.event_type)
    assert Matcher(version, is_trial=True).finding(said, NOW.date()).matched
