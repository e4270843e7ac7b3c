"""The five calls: what they answer, to whom, and that a repeat is harmless."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from orders.models import Award, Event, Order
from orders.states import OrderStatus
from orders.triggers import calls
from orders.triggers.problems import Code
from portal.outbox import dispatch
from portal.permissions import Role
from programs.models import ApiKey, KeySecret
from tests import factories
from tests.orders.api.calling import PREFIX, Caller, event, reward
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_limits() -> None:
    cache.clear()


def test_an_event_becomes_a_reward(rule, caller, sandbox, worker):
    taken = caller.post("/events", event())
    worker.run(seconds=300)

    assert taken.status_code == 202
    assert taken["Location"] == "/api/v1/events/evt-1"
    told = json.loads(caller.client.get(taken["Location"]).content)
    assert told["status"] == "matched"
    assert told["findings"] == [
        {
            "rule": rule.pk,
            "version": rule.in_force_id,
            "matched": True,
            "code": "",
            "attribute": "",
        }
    ]
    (earned,) = told["rewards"]
    assert (earned["side"], earned["status"]) == ("person", "sent")
    award = json.loads(caller.get(f"/rewards/{earned['id']}").content)
    assert (award["value"], award["currency"], award["by"]) == ("15.00", "USD", "email")
    assert award["order"] == Order.objects.get().reference


def test_nothing_personal_is_told_back(rule, caller):
    taken = caller.post("/events", event())
    dispatch.drain()
    reward_id = str(Award.objects.get())

    said = taken.content + caller.get("/events/evt-1").content
    said += caller.get(f"/rewards/{reward_id}").content

    assert b"fred" not in said.lower()
    assert b"example.com" not in said


@pytest.mark.parametrize("shown", ['"evt-1"', "evt-1"])
def test_the_id_may_be_in_the_header(shown, rule, caller):
    in_header = caller.post("/events", event(event_id=None), key=shown)
    in_both = caller.post("/events", event(), key=shown)

    assert (in_header.status_code, in_both.status_code) == (202, 202)
    assert in_header.content == in_both.content
    assert Event.objects.get().event_id == "evt-1"


def test_a_repeat_gets_the_same_bytes_and_no_second_reward(rule, caller):
    sent = event()
    first = caller.post("/events", sent)
    dispatch.drain()
    again = caller.post("/events", sent)
    dispatch.drain()

    assert (again.status_code, again.content) == (202, first.content)
    assert Order.objects.count() == 1


def test_a_repeat_long_after_gets_the_same_answer(rule, caller, clock):
    sent = event()
    first = caller.post("/events", sent)
    clock.shift(timedelta(days=90))

    again = caller.post("/events", sent)

    assert (again.status_code, again.content) == (202, first.content)


def test_contacts_are_stored_in_their_one_form(referral, caller):
    typed = {"name": " Fred  Friend ", "email": "Fred <FRED@Example.com>"}
    advocate = {"name": "Adele", "phone": "(202) 555-0123"}

    caller.post("/events", event(person=typed, advocate=advocate))

    call = calls.event_of(Event.objects.get())
    assert call.person is not None
    assert call.advocate is not None
    assert (call.person.name, call.person.email) == ("Fred Friend", "fred@example.com")
    assert call.advocate.phone == "+12025550123"


def test_numbers_keep_every_digit(rule, caller):
    body = json.dumps(event()).replace("60}", "60.10}").encode()

    caller.post("/events", body)

    stored = calls.event_of(Event.objects.get()).attributes["purchase"]
    assert (type(stored), str(stored)) == (Decimal, "60.10")


def test_a_reward_is_asked_for_and_ordered(cvs, caller):
    taken = caller.post("/rewards", reward(), key="req-1")
    dispatch.drain()
    again = caller.post("/rewards", reward(), key="req-1")

    assert (taken.status_code, again.status_code) == (201, 201)
    assert again.content == taken.content
    assert Order.objects.get().status == OrderStatus.APPROVED
    found = json.loads(caller.client.get(taken["Location"]).content)
    assert (found["status"], found["event_id"]) == ("approved", "req-1")
    # Asked for as a reward, it is no event of the caller's.
    assert caller.get("/events/req-1").status_code == 404


def test_approval_is_told(cvs, program, caller):
    program.approval_rule = "always"
    program.save()
    taken = caller.post("/rewards", reward(), key="req-1")
    dispatch.drain()

    assert json.loads(caller.client.get(taken["Location"]).content)["status"] == (
        "submitted"
    )


@pytest.mark.parametrize("value", [15, "15", "15.00"])
def test_a_value_is_a_number_or_digits(value, cvs, caller):
    taken = caller.post("/rewards", reward(value=value), key="req-1")

    assert json.loads(taken.content)["value"] == "15.00"


def test_products_come_in_parts(program, caller):
    for number in range(5):
        factories.make_product(f"P{number}", values=[10])
    factories.make_product("EUR", values=[10], currency="EUR")
    factories.make_product("OLD", values=[10], retired_at=timezone.now())

    ids, after = [], None
    for _ in range(3):
        query = {"limit": 2, **({"after": after} if after else {})}
        part = json.loads(caller.get("/products", query).content)
        ids += [product["id"] for product in part["products"]]
        after = part["after"]

    assert ids == ["P0", "P1", "P2", "P3", "P4"]
    assert after is None


def test_a_range_says_its_ends(caller):
    factories.make_product("ANY", values=[5, 500], denomination_type="VariableNoCents")

    (product,) = json.loads(caller.get("/products").content)["products"]

    assert (product["least"], product["most"]) == ("5.00", "500.00")
    assert (product["values"], product["whole"]) == ([], True)


def test_a_test_key_buys_nothing(rule, tester):
    tester.post("/events", event())
    asked = tester.post("/rewards", reward(), key="req-1")
    dispatch.drain()

    told = json.loads(tester.get("/events/evt-1").content)
    assert (told["mode"], told["rewards"][0]["status"]) == ("test", "tested")
    assert json.loads(asked.content)["mode"] == "test"
    assert not Order.objects.exists()


def test_test_and_live_are_apart(rule, caller, tester):
    caller.post("/events", event())
    live = caller.post("/rewards", reward(), key="req-1")
    dispatch.drain()

    assert tester.get("/events/evt-1").status_code == 404
    assert tester.client.get(live["Location"]).status_code == 404
    assert tester.post("/events", event(attributes={})).status_code == 202


def test_another_programs_key_sees_nothing(rule, caller, adam):
    caller.post("/events", event())
    asked = caller.post("/rewards", reward(), key="req-1")
    dispatch.drain()
    autumn = factories.make_program("Autumn", funded=100, funded_by=adam)
    maker = factories.make_member("Mona", autumn, Role.MANAGER)
    made.make_key(autumn, maker, secret="lrl_live_autumn")
    other = Caller("lrl_live_autumn")

    assert other.get("/events/evt-1").status_code == 404
    assert other.client.get(asked["Location"]).status_code == 404
    # The same id is free there.
    assert other.post("/rewards", reward(value=25), key="req-1").status_code == 201


CALLS = {
    ApiKey.Scope.EVENTS_READ: lambda c: c.get("/events/evt-1"),
    ApiKey.Scope.EVENTS_WRITE: lambda c: c.post("/events", event()),
    ApiKey.Scope.PRODUCTS_READ: lambda c: c.get("/products"),
    ApiKey.Scope.REWARDS_READ: lambda c: c.get(f"/rewards/rw_{'0' * 32}"),
    ApiKey.Scope.REWARDS_WRITE: lambda c: c.post("/rewards", reward(), key="req-1"),
}


@pytest.mark.parametrize("scope", sorted(CALLS))
@pytest.mark.parametrize("called", sorted(CALLS))
def test_a_key_may_do_what_its_scopes_say(scope, called, rule, key, caller):
    key.scopes = [scope]
    key.save()

    response = CALLS[called](caller)

    if scope == called:
        assert response.status_code in {200, 201, 202, 404}
        return
    body = json.loads(response.content)
    assert (response.status_code, body["code"]) == (403, Code.SCOPE_MISSING)
    assert called in body["detail"]
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 7},
        {"is_test": True},
        {"key": 1},
        {"mode": "live"},
        {"program": 2},
        {"status": "matched"},
    ],
)
def test_what_is_ours_cannot_be_sent(fields, rule, caller):
    assert caller.post("/events", event(**fields)).status_code == 422
    assert caller.post("/rewards", reward(**fields), key="r").status_code == 422
    assert not Event.objects.exists()


def test_a_call_has_no_session_and_sets_no_cookie(rule, caller, as_manu):
    plain = caller.post("/events", event())
    signed_in = as_manu.post(
        f"{PREFIX}/events", json.dumps(event()), content_type="application/json"
    )

    assert not plain.cookies
    # A session is no key.
    assert signed_in.status_code == 401
    assert not signed_in.cookies


def test_use_is_noted_at_most_once_a_minute(rule, caller, clock):
    caller.get("/products")
    first = KeySecret.objects.get().last_used_at
    clock.shift(timedelta(seconds=30))
    caller.get("/products")
    second = KeySecret.objects.get().last_used_at
    clock.shift(timedelta(seconds=31))
    caller.get("/products")

    third = KeySecret.objects.get().last_used_at
    assert first == second
    assert None not in (first, third)
    assert third != second


def test_an_event_is_taken_in_with_few_questions(
    rule, caller, django_assert_max_num_queries
):
    caller.get("/products")  # notes the use of the key

    # The key, the type, a savepoint around the event and its message.
    with django_assert_max_num_queries(7):
        assert caller.post("/events", event()).status_code == 202


def test_anybody_may_read_the_document(client: Client):
    response = client.get(f"{PREFIX}/openapi.json")

    document = response.json()
    assert response.status_code == 200
    assert sorted(document["paths"]) == [
        "/api/v1/events",
        "/api/v1/events/{event_id}",
        "/api/v1/products",
        "/api/v1/rewards",
        "/api/v1/rewards/{reward_id}",
    ]
    sent = document["components"]["schemas"]["Event"]["properties"]
    assert "occurred_at" in sent
    assert "findings" not in sent
