"""Webhooks are hints, and polling alone gets there."""

import json
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from orders import frozen, releasing, tracking
from orders.models import Hint, Order, Placement, Reward
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.outbox.models import Message
from tests import factories
from tests.orders import ledger

EVENT = {
    "Action": "FulfillmentComplete",
    "OrderId": "1",
    "PONumber": "DIGITAL-13001",
    "Timestamp": "06/19/2019 11:58:00 AM",
}


@pytest.fixture
def order(program, cvs, manu, ada, sandbox, settings, at_once):
    """Approved, due at once, and with a webhook the sandbox will not call."""
    settings.WEBHOOK_BASE_URL = "https://rewards.example.com"
    return factories.make_approved(program, cvs, manu, ada)


@pytest.fixture
def pending(order, sandbox, worker):
    """The provider works on it, and the next look is minutes away."""
    sandbox.settings(next=["pending"])
    worker.run(seconds=600)
    return order.placements.get()


@pytest.fixture
def call(client):
    """The provider's call for a placement."""

    def call(placement, body=EVENT, **extra):
        data = body if isinstance(body, bytes) else json.dumps(body)
        return client.post(
            hook(placement), data, content_type="application/json", **extra
        )

    return call


def hook(placement):
    """The path in the body that was sent."""
    url = json.loads(frozen.body_of(placement))["WebhookSettings"][
        "FulfillmentComplete"
    ]
    return url.removeprefix("https://rewards.example.com")


def looks(sandbox):
    return [
        each
        for each in sandbox.requests()
        if each["method"] == "GET" and each["path"].startswith("/v1/Orders/")
    ]


def traces():
    """Everything a call may leave behind."""
    return (
        list(Order.objects.values()),
        list(Placement.objects.values()),
        list(Reward.objects.values()),
        Hint.objects.count(),
        Entry.objects.count(),
        list(Message.objects.values("key", "not_before", "revision")),
    )


def test_a_hint_brings_the_next_look_forward(program, pending, sandbox, call):
    sandbox.release()
    dispatch.drain()
    assert pending.order.status != "completed"

    response = call(pending)

    assert (response.status_code, response.content) == (204, b"")
    dispatch.drain()
    order = Order.objects.get()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def test_a_hint_is_stored_once_however_often_it_comes(pending, call, sandbox):
    before = len(looks(sandbox))

    for _ in range(5):
        assert call(pending).status_code == 204
        dispatch.drain()

    assert Hint.objects.count() == 1
    assert Entry.objects.filter(action="placement.hinted").count() == 1
    assert len(looks(sandbox)) - before == 1


def test_a_flood_of_hints_makes_one_look_in_thirty_seconds(
    pending, call, sandbox, clock
):
    before = len(looks(sandbox))
    for number in range(30):
        call(pending, {**EVENT, "OrderId": str(number)})
        dispatch.drain()
    assert len(looks(sandbox)) - before == 1

    clock.shift(timedelta(seconds=31))
    call(pending, {**EVENT, "OrderId": "later"})
    dispatch.drain()

    assert len(looks(sandbox)) - before == 2


def test_what_a_hint_says_is_not_believed(program, pending, call):
    for body in (
        {**EVENT, "Status": "Completed", "Cost": 0},
        {**EVENT, "Status": "Cancelled", "OrderId": "other"},
        b"not json at all \x00\xff",
        b"",
    ):
        assert call(pending, body).status_code == 204
        dispatch.drain()

    pending.refresh_from_db()
    assert (pending.status, pending.order.status) == ("pending", "placing")
    program.refresh_from_db()
    assert program.held_minor == 1500


@pytest.mark.parametrize("token", ["x", "A" * 32, "0" * 64, "-_-"])
def test_a_forged_token_leaves_no_trace(pending, client, token):
    before = traces()

    response = client.post(f"/hooks/{token}/", EVENT, "application/json")

    assert response.status_code == 404
    assert traces() == before


def test_the_token_of_one_placement_is_no_good_with_a_letter_more(pending, client):
    before = traces()

    response = client.post(hook(pending)[:-1] + "A/", EVENT, "application/json")

    assert response.status_code == 404
    assert traces() == before


def test_a_huge_body_is_refused_unread(pending, call):
    before = traces()

    assert call(pending, b"x" * (64 * 1024 + 1)).status_code == 413

    assert traces() == before
    assert call(pending, b"x" * 64 * 1024).status_code == 204


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "\u00b2"])
def test_a_length_that_is_none_is_refused(pending, call, length):
    assert call(pending, CONTENT_LENGTH=length).status_code == 413


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_another_method_is_refused(pending, client, method):
    before = traces()

    response = getattr(client, method)(hook(pending))

    assert response.status_code == 405
    assert traces() == before


def test_the_provider_has_no_cookie_to_prove_itself_with(pending):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(hook(pending), json.dumps(EVENT), "application/json")

    assert response.status_code == 204
    assert not response.cookies


def test_a_hint_before_the_answer_to_the_post_waits_for_it(
    program, order, call, sandbox, worker
):
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    assert call(placement).status_code == 204

    worker.run(seconds=60)

    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


def test_a_hint_after_all_is_final_changes_nothing(order, call, sandbox, worker):
    sandbox.settings(claimed_after=0)
    worker.run(seconds=60)
    before = list(Reward.objects.values())
    asked = len(looks(sandbox))

    assert call(order.placements.get()).status_code == 204
    worker.run(seconds=3600)

    assert list(Reward.objects.values()) == before
    assert len(looks(sandbox)) == asked


# The sandbox's own webhooks, over the wire


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("faults", [[], ["webhook_early"], ["webhook_repeated"]])
def test_the_providers_own_calls_arrive_and_change_nothing_by_themselves(
    program, cvs, manu, ada, sandbox, settings, at_once, live_server, worker, faults
):
    settings.WEBHOOK_BASE_URL = live_server.url
    sandbox.settings(next=[faults])
    order = factories.make_approved(program, cvs, manu, ada)

    worker.run(seconds=10)
    _until(lambda: sandbox.orders()[0]["webhook"]["state"] == "done")
    worker.run(seconds=60)

    order.refresh_from_db()
    assert order.status == "completed"
    assert Hint.objects.count() == 1
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def _until(is_so):
    give_up_at = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < give_up_at, "it did not come to pass"
        time.sleep(0.02)


# Polling


def test_looks_grow_rarer_and_end_when_all_is_final(order, sandbox, worker):
    sandbox.settings(next=["pending"])
    times = []
    for _ in range(14):
        worker.run()
        message = Message.objects.get(topic="orders.collect")
        times.append(message.not_before)
        worker.run(seconds=(message.not_before - timezone.now()).total_seconds() + 0.1)
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert all(after > before * 1.3 for before, after in pairwise(gaps))
    assert gaps[0] < 10

    sandbox.settings(claimed_after=0)
    sandbox.release()
    worker.run(seconds=24 * 3600)
    asked = len(looks(sandbox))
    assert order.rewards.get().status == "claimed"
    assert Message.objects.get(topic="orders.collect").status == "done"

    worker.run(seconds=30 * 24 * 3600)
    assert len(looks(sandbox)) == asked


def test_a_reward_nobody_claims_is_asked_about_every_six_hours_at_most(
    order, sandbox, worker
):
    worker.run(seconds=10 * 24 * 3600)
    asked = len(looks(sandbox))

    worker.run(seconds=10 * 24 * 3600)

    assert 38 <= len(looks(sandbox)) - asked <= 41


def test_after_a_year_an_unclaimed_reward_is_left_alone(
    order, sandbox, worker, clock, settings
):
    worker.run(seconds=60)
    clock.shift(timedelta(days=settings.TRACKING_DAYS + 1))
    worker.run()
    asked = len(looks(sandbox))

    worker.run(seconds=30 * 24 * 3600)

    assert len(looks(sandbox)) == asked
    assert order.rewards.get().status == "sent"


def test_larger_orders_are_asked_about_less_often(pending):
    one = tracking.next_look(pending) or 0
    reward = pending.rewards.get()
    copies = [
        Reward(
            order=pending.order,
            placement=pending,
            recipient=reward.recipient,
            product=reward.product,
            value_minor=1500,
            to_name="Recipient",
            from_name="Rewards Team",
        )
        for _ in range(199)
    ]
    Reward.objects.bulk_create(copies)

    assert tracking.next_look(pending) == pytest.approx(one * 3 / 1.01)


# A provider that does not know its own order


def test_an_order_unknown_for_a_while_is_waited_for(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    placement = order.placements.get()
    theirs = placement.provider_order_id
    Placement.objects.update(provider_order_id="not-yet-known")
    worker.run(seconds=20)
    order.refresh_from_db()
    assert order.status == "placing"
    assert len(looks(sandbox)) >= 3

    Placement.objects.update(provider_order_id=theirs)
    sandbox.release()
    worker.run(seconds=60)

    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


def test_an_order_unknown_for_long_is_a_persons_business_and_still_asked_for(
    program, order, sandbox, worker
):
    sandbox.settings(next=["pending"])
    worker.run()
    theirs = order.placements.get().provider_order_id
    Placement.objects.update(provider_order_id="lost")
    worker.run(seconds=3600)

    order.refresh_from_db()
    program.refresh_from_db()
    assert (order.status, program.held_minor) == ("needs attention", 1500)
    dispatch.drain()
    calls = [sent for sent in mail.outbox if "your attention" in sent.subject]
    assert len(calls) == 1

    Placement.objects.update(provider_order_id=theirs)
    sandbox.release()
    worker.run(seconds=6 * 3600)

    order.refresh_from_db()
    assert (order.status, order.problem) == ("completed", "")
    ledger.check_with_provider(program, sandbox)


def test_a_provider_that_is_down_is_asked_again(program, order, sandbox, worker):
    sandbox.settings(next=["pending"])
    worker.run()
    sandbox.settings(down="503")
    worker.run(seconds=600)
    placement = order.placements.get()
    assert placement.status == "pending"

    sandbox.settings(down="no")
    sandbox.release()
    worker.run(seconds=600)

    order.refresh_from_db()
    assert order.status == "completed"
