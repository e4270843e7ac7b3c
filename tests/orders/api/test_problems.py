"""Every code a call can get: its status, its problem+json, and who is told besides."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import override_settings
from django.utils import timezone

from orders.api import running
from orders.models import Event, RefusedCall
from orders.triggers.problems import MEANINGS, Code
from portal.actors import Actor, ActorKind, Channel
from programs import consent
from programs.models import ConsentEntry, KeySecret, Program, Recipient
from tests.orders.api.calling import Caller, event, reward

pytestmark = pytest.mark.django_db

Call = Callable[[Caller], Any]


@pytest.fixture(autouse=True)
def _forget_limits() -> None:
    cache.clear()


def check(response: HttpResponse, code: Code) -> dict[str, Any]:
    """It is the documented problem; what it says."""
    body: dict[str, Any] = json.loads(response.content)
    assert (response.status_code, body["code"]) == (MEANINGS[code].status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["type"].endswith(f"/developers/api/#{code}")
    assert body["title"] == str(MEANINGS[code].title)
    return body


def noted(code: Code) -> RefusedCall:
    return RefusedCall.objects.get(code=code)


def at(**distance: int) -> str:
    return (timezone.now() + timedelta(**distance)).isoformat()


NOT_TAKEN_IN: dict[str, tuple[Code, Call]] = {
    "a body in another character set": (
        Code.BODY_UNREADABLE,
        lambda c: c.post("/events", '{"type": "ü"}'.encode("latin-1")),
    ),
    "a body nested without end": (
        Code.BODY_UNREADABLE,
        lambda c: c.post("/events", b"[" * 60_000),
    ),
    "a body that is a list": (Code.BODY_UNREADABLE, lambda c: c.post("/events", [])),
    "a body too large": (
        Code.BODY_TOO_LARGE,
        lambda c: c.post("/events", event(attributes={"a": "x" * 70_000})),
    ),
    "a day of consent that does not exist": (
        Code.INVALID,
        lambda c: c.post("/events", event(consent={"given_on": "2026-02-30"})),
    ),
    "a day of consent to come": (
        Code.INVALID,
        lambda c: c.post("/events", event(consent={"given_on": at(days=3)[:10]})),
    ),
    "a field nobody knows": (
        Code.INVALID,
        lambda c: c.post("/events", event(program=2, status="matched")),
    ),
    "a form": (
        Code.MEDIA_TYPE_UNSUPPORTED,
        lambda c: c.client.post("/api/v1/events", {"type": "x"}),
    ),
    "a method that is not there": (
        Code.METHOD_NOT_ALLOWED,
        lambda c: c.client.delete("/api/v1/events"),
    ),
    "a name twice": (
        Code.BODY_UNREADABLE,
        lambda c: c.post("/events", b'{"type": "a", "type": "b"}'),
    ),
    "a NUL": (
        Code.INVALID,
        lambda c: c.post("/events", event(person={"name": "a\0", "email": "a@b.com"})),
    ),
    "a nested attribute": (
        Code.INVALID,
        lambda c: c.post("/events", event(attributes={"a": {"b": 1}})),
    ),
    "a number that is none": (
        Code.BODY_UNREADABLE,
        lambda c: c.post("/events", b'{"attributes": {"a": NaN}}'),
    ),
    "a number without end": (
        Code.INVALID,
        lambda c: c.post(
            "/events",
            json.dumps(event()).replace("60}", "9" * 5000 + "}").encode(),
        ),
    ),
    "a person without a contact": (
        Code.CONTACT_MISSING,
        lambda c: c.post("/events", event(person={"name": "Fred"})),
    ),
    "a time without a zone": (
        Code.INVALID,
        lambda c: c.post("/events", event(occurred_at="2026-03-01T14:05:00")),
    ),
    "a type nobody knows": (
        Code.TYPE_UNKNOWN,
        lambda c: c.post("/events", event(type="survey.done")),
    ),
    "a word for true": (
        Code.INVALID,
        lambda c: c.post("/events", event(type=True)),
    ),
    "a wording nobody knows": (
        Code.WORDING_UNKNOWN,
        lambda c: c.post(
            "/events", event(consent={"given_on": "2026-01-01", "wording": "v99"})
        ),
    ),
    "an address that leads nowhere": (Code.NOT_FOUND, lambda c: c.get("/nothing")),
    "an e-mail address that is none": (
        Code.INVALID,
        lambda c: c.post("/events", event(person={"name": "F", "email": "fred"})),
    ),
    "an empty body": (
        Code.BODY_UNREADABLE,
        lambda c: c.client.post(
            "/api/v1/events", content_type="application/json", data=b"\n"
        ),
    ),
    "an event from the future": (
        Code.EVENT_FROM_FUTURE,
        lambda c: c.post("/events", event(occurred_at=at(hours=1))),
    ),
    "an event of long ago": (
        Code.EVENT_TOO_OLD,
        lambda c: c.post("/events", event(occurred_at=at(days=-60))),
    ),
    "an event that is not there": (Code.NOT_FOUND, lambda c: c.get("/events/evt-9")),
    "an event without a person": (
        Code.PERSON_MISSING,
        lambda c: c.post("/events", event(person=None)),
    ),
    "an event without an id": (
        Code.INVALID,
        lambda c: c.post("/events", event(event_id=None)),
    ),
    "half a character": (
        Code.BODY_UNREADABLE,
        lambda c: c.post("/events", b'{"type": "\\ud800"}'),
    ),
    "nothing that is JSON": (Code.BODY_UNREADABLE, lambda c: c.post("/events", b"x")),
    "two ids": (
        Code.INVALID,
        lambda c: c.post("/events", event(), key="evt-2"),
    ),
}


@pytest.mark.parametrize("name", sorted(NOT_TAKEN_IN))
def test_what_is_not_taken_in_is_said_and_noted(name, rule, caller, key):
    code, call = NOT_TAKEN_IN[name]

    body = check(call(caller), code)

    assert not Event.objects.exists()
    entry = noted(code)
    assert entry.count == 1
    # Nobody asks for a key where there is nothing to call.
    is_call = code != Code.METHOD_NOT_ALLOWED and entry.call != "GET /"
    assert entry.key == (key if is_call else None)
    assert entry.program == (key.program if is_call else None)
    for said in ("fred", "example.com", "Friend"):
        assert said not in entry.detail
    if code == Code.INVALID:
        assert body["errors"]


def test_all_that_is_wrong_is_said_at_once(rule, caller):
    wrong = event(
        person={"name": "Fred", "email": "fred@", "phone": "12"},
        advocate={"name": "Adele", "email": "adele"},
    )

    body = check(caller.post("/events", wrong), Code.INVALID)

    assert [each["field"] for each in body["errors"]] == [
        "person.email",
        "person.phone",
        "advocate.email",
    ]
    assert all(each["detail"] for each in body["errors"])


def test_a_field_that_is_not_ours_is_named_to_the_caller_alone(rule, caller):
    body = check(caller.post("/events", event(**{"fred@example.com": 1})), Code.INVALID)

    assert body["errors"][0]["field"] == "fred@example.com"
    assert noted(Code.INVALID).detail == "?"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, Code.KEY_MISSING),
        ({"Authorization": "Basic eDp5"}, Code.KEY_MISSING),
        ({"Authorization": "Bearer "}, Code.KEY_MISSING),
        ({"Authorization": "Bearer nobody's"}, Code.KEY_UNKNOWN),
        ({"Authorization": "Bearer " + "x" * 5000}, Code.KEY_UNKNOWN),
    ],
)
def test_without_a_key_nobody_gets_in(header, code, rule, key):
    response = Caller("", **header).post("/events", event())

    check(response, code)
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "RateLimit" not in response
    assert (noted(code).key, noted(code).program) == (None, None)


@pytest.mark.parametrize("which", ["expired", "replaced", "revoked"])
def test_a_key_that_is_over_is_refused(which, rule, key, caller):
    before = timezone.now() - timedelta(seconds=1)
    if which == "replaced":
        KeySecret.objects.update(expires_at=before)
    else:
        setattr(key, "revoked_at" if which == "revoked" else "expires_at", before)
        key.save()

    check(caller.post("/events", event()), Code.KEY_EXPIRED)

    assert noted(Code.KEY_EXPIRED).key == key


@pytest.mark.parametrize(
    ("networks", "is_let_in"),
    [
        (["127.0.0.0/8"], True),
        (["10.0.0.0/8"], False),
        (["10.0.0.0/8", "127.0.0.1/32"], True),
        (["2001:db8::/32"], False),
    ],
)
def test_a_key_may_be_used_from_its_networks(networks, is_let_in, rule, key, caller):
    key.networks = networks
    key.save()

    response = caller.post("/events", event())

    if is_let_in:
        assert response.status_code == 202
    else:
        check(response, Code.NETWORK_REFUSED)
        assert noted(Code.NETWORK_REFUSED).key == key


def test_keys_that_nobody_knows_are_tried_only_so_often(rule, key, caller):
    guesser = Caller("lrl_live_guess")
    with override_settings(API_RATE_MISSES=3):
        answers = [guesser.get("/products").status_code for _ in range(5)]
        limited = guesser.get("/products")

    assert answers == [401, 401, 401, 429, 429]
    check(limited, Code.TOO_MANY_CALLS)
    assert 1 <= int(limited["Retry-After"]) <= 60
    # Who has a key is not kept out by a neighbour.
    assert caller.get("/products").status_code == 200


def test_a_key_may_call_only_so_often(rule, key, caller):
    key.rate_per_minute = 2
    key.save()

    first, second, third = (caller.get("/products") for _ in range(3))

    assert first["RateLimit-Policy"] == '"key";q=2;w=60'
    assert first["RateLimit"].startswith('"key";r=1;t=')
    assert second["RateLimit"].startswith('"key";r=0;t=')
    check(third, Code.TOO_MANY_CALLS)
    assert third["RateLimit"].startswith('"key";r=0;t=')
    assert third["RateLimit"].endswith(f"t={third['Retry-After']}")
    assert noted(Code.TOO_MANY_CALLS).key == key


def test_a_method_that_is_not_there_names_those_that_are(caller):
    response = caller.client.put("/api/v1/rewards/rw_" + "0" * 32)

    check(response, Code.METHOD_NOT_ALLOWED)
    assert response["Allow"] == "GET"


def test_another_body_under_the_same_id_is_refused(rule, caller):
    assert caller.post("/events", event()).status_code == 202

    check(caller.post("/events", event(attributes={})), Code.ID_REUSED)

    assert Event.objects.count() == 1
    assert noted(Code.ID_REUSED).call == "POST /events"


def test_a_repeat_while_the_first_runs_is_told_to_wait(rule, key, caller):
    with running.alone(key, "evt-1"):
        response = caller.post("/events", event())

    check(response, Code.STILL_RUNNING)
    assert response["Retry-After"] == "1"
    assert caller.post("/events", event()).status_code == 202


def test_without_the_database_it_says_so(rule, caller):
    def is_down(*args: object) -> None:
        raise OperationalError("the connection is gone")

    with connection.execute_wrapper(is_down):
        response = caller.post("/events", event())

    check(response, Code.UNAVAILABLE)
    assert int(response["Retry-After"]) > 0


def test_what_nobody_expected_says_nothing_of_it(rule, key, caller):
    key.networks = ["nonsense"]
    key.save()

    response = caller.post("/events", event())

    check(response, Code.UNEXPECTED)
    assert b"nonsense" not in response.content
    assert noted(Code.UNEXPECTED).key == key


def _merge_two(program: Program) -> None:
    Recipient.objects.create(name="A", email="fred@example.com")
    Recipient.objects.create(name="B", phone="+12025550123")


def _withdraw(program: Program) -> None:
    person = Recipient.objects.create(name="Fred", email="fred@example.com")
    actor = Actor(ActorKind.RECIPIENT, str(person.pk), Channel.WEB)
    source = ConsentEntry.Source.PREFERENCES
    consent.withdraw_all(person, source=source, actor=actor)


def _set(**fields: object) -> Callable[[Program], None]:
    def change(program: Program) -> None:
        Program.objects.filter(pk=program.pk).update(**{"name": "Spring", **fields})

    return change


BOTH = {"name": "Fred", "email": "fred@example.com", "phone": "+1 202 555 0123"}
NOT_SENT: dict[str, tuple[Code, dict[str, Any], Callable[[Program], None]]] = {
    "a cap": (Code.OVER_CAP, {}, _set(reward_cap_minor=100)),
    "a product of no program": (Code.PRODUCT_UNAVAILABLE, {"product": "NONE"}, _set()),
    "a program that is paused": (Code.PROGRAM_NOT_RUNNING, {}, _set(status="paused")),
    "a value that is not sold": (Code.VALUE_NOT_SOLD, {"value": 16}, _set()),
    "no consent": (Code.CONSENT_MISSING, {}, _set(email_consent="recorded")),
    "no contact for the channel": (Code.CONTACT_MISSING, {"by": "sms"}, _set()),
    "no money": (Code.BUDGET_EXHAUSTED, {}, _set(funded_minor=100)),
    "two people": (
        Code.CONTACTS_CONFLICT,
        {"person": BOTH, "by": "both"},
        _merge_two,
    ),
    "who stopped all messages": (Code.CONSENT_WITHDRAWN, {}, _withdraw),
}


@pytest.mark.parametrize("name", sorted(NOT_SENT))
def test_what_may_not_be_sent_gets_the_same_answer_ever_after(
    name, cvs, program, key, caller
):
    code, fields, change = NOT_SENT[name]
    change(program)

    first = caller.post("/rewards", reward(**fields), key="req-1")
    Program.objects.filter(pk=program.pk).update(
        status="active", reward_cap_minor=None, funded_minor=10**6
    )
    again = caller.post("/rewards", reward(**fields), key="req-1")

    check(first, code)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    stored = Event.objects.get(event_id="req-1")
    assert (stored.problem, stored.key) == (code, key)
    assert not stored.awards.exists()


def test_a_flood_of_refused_calls_is_one_row_a_minute(rule, key, caller, clock):
    for _ in range(5):
        caller.post("/events", event(type="survey.done"))

    assert noted(Code.TYPE_UNKNOWN).count == 5


def test_every_code_that_a_call_can_get_is_in_these_tests():
    in_tables = {code for code, *_ in [*NOT_TAKEN_IN.values(), *NOT_SENT.values()]}
    on_their_own = {
        *(Code.KEY_MISSING, Code.KEY_UNKNOWN, Code.KEY_EXPIRED, Code.NETWORK_REFUSED),
        *(Code.SCOPE_MISSING, Code.TOO_MANY_CALLS, Code.ID_REUSED),
        *(Code.STILL_RUNNING, Code.UNAVAILABLE, Code.UNEXPECTED),
    }
    # They come of an event after it was answered, and stand in the event log.
    later = {
        *(Code.NOT_ORDERED, Code.SAME_PERSON, Code.REVERSED, Code.CARD_FINAL),
        Code.NOTHING_TO_REVERSE,
    }

    assert in_tables | on_their_own | later == set(Code)
