"""Signed, tried for three days, given up then, and never in anybody else's way."""

import json
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from orders.models import Delivery, DeliveryAttempt
from orders.webhooks import answering, delivering, endpoints
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.egress import courier as couriers
from portal.egress.courier import Answer
from portal.outbox import dispatch
from portal.outbox.models import Message
from tests.orders.webhooks import made
from tests.receiving import receiving

Status = Delivery.Status
DAY = 24 * 3600


@pytest.fixture
def waiting(endpoint, clock):
    """A message that nobody has tried to deliver yet."""
    return endpoints.test(endpoint, actor=actor_of(endpoint.created_by))


@pytest.fixture
def many(endpoint, clock):
    """Thirty of them, and a wake-up."""
    now = timezone.now()
    found = made.make_deliveries(
        endpoint, 30, status=Status.WAITING, next_at=now, done_at=None
    )
    wake(endpoint)
    return found


def wake(endpoint):
    with transaction.atomic():
        delivering.soon(endpoint)


def fresh(thing):
    thing.refresh_from_db()
    return thing


def verify(call, secret):
    return Webhook(secret).verify(call.body, dict(call.headers))


def test_the_library_verifies_what_arrives(waiting, receiver, secret):
    dispatch.drain()

    (call,) = receiver.calls
    told = verify(call, secret[0])
    assert told["type"] == "test"
    assert call.headers["webhook-id"] == str(waiting.announcement)
    assert call.headers["webhook-id"].startswith("msg_")
    assert call.headers["content-type"] == "application/json"
    assert fresh(waiting).status == Status.DELIVERED
    assert waiting.attempts.get().status_code == 200


@pytest.mark.parametrize("part", ["body", "webhook-id", "webhook-timestamp"])
def test_what_was_altered_on_the_way_is_not_ours(waiting, receiver, secret, part):
    dispatch.drain()
    (call,) = receiver.calls
    headers, body = dict(call.headers), call.body
    if part == "body":
        body = body.replace(b"test", b"text")
    elif part == "webhook-id":
        headers[part] += "0"
    else:
        headers[part] = str(int(headers[part]) + 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret[0]).verify(body, headers)


def test_while_a_secret_is_rotated_both_verify(
    endpoint, receiver, secret, manager, clock
):
    endpoint, new = endpoints.rotate(endpoint, version=1, actor=manager)
    endpoints.test(endpoint, actor=manager)
    dispatch.drain()
    clock.shift(DAY + 1)
    endpoints.test(endpoint, actor=manager)
    dispatch.drain()

    during, after = receiver.calls
    clock.shift(-DAY - 1)
    assert verify(during, new) == verify(during, secret[0])
    clock.shift(DAY + 1)
    assert verify(after, new)["type"] == "test"
    with pytest.raises(WebhookVerificationError):
        verify(after, secret[0])


def test_another_secret_does_not_verify(program, waiting, manu, receiver):
    _other, secret = made.make_endpoint(program, manu, url="http://127.0.0.1:9/")
    dispatch.drain()

    with pytest.raises(WebhookVerificationError):
        verify(receiver.calls[0], secret)


def test_it_is_tried_for_three_days_and_then_given_up(
    waiting, receiver, worker, settings
):
    receiver.status = 500

    worker.run(seconds=4 * DAY)

    times = [
        datetime.fromtimestamp(int(call.headers["webhook-timestamp"]), UTC)
        for call in receiver.calls
    ]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    wanted = (5, 30, 120, 600, 3600, 3 * 3600, *(6 * 3600,) * 20)
    assert len(gaps) > 12
    for gap, least in zip(gaps, wanted, strict=False):
        assert least - 1 <= gap <= least * 1.2 + 2
    assert times[-1] - times[0] <= timedelta(days=settings.WEBHOOK_MOST_DAYS)
    assert times[-1] - times[0] > timedelta(days=2.5)
    assert fresh(waiting).status == Status.FAILED
    assert waiting.attempts_count == len(times)
    assert DeliveryAttempt.objects.filter(status_code=500).count() == len(times)


def test_every_attempt_sends_the_same_bytes_under_one_id(waiting, receiver, worker):
    receiver.status = 500
    worker.run(seconds=3600)

    assert len(receiver.calls) > 4
    assert len(set(receiver.ids)) == 1
    assert len({call.body for call in receiver.calls}) == 1
    stamps = {call.headers["webhook-timestamp"] for call in receiver.calls}
    assert len(stamps) == len(receiver.calls)


def test_it_arrives_once_the_receiver_is_well_again(waiting, receiver, worker):
    receiver.status = 500
    worker.run(seconds=60)
    tried = len(receiver.calls)
    receiver.status = 204

    worker.run(seconds=600)

    assert len(receiver.calls) == tried + 1
    assert fresh(waiting).status == Status.DELIVERED


@pytest.mark.parametrize("status", [400, 401, 404, 422, 500, 302, 503])
def test_only_a_success_is_one(waiting, receiver, status):
    receiver.status = status
    receiver.headers = {"Location": f"{receiver.url}/elsewhere"}

    dispatch.drain()

    assert fresh(waiting).status == Status.WAITING
    assert waiting.attempts.get().status_code == status
    assert [call.path for call in receiver.calls] == ["/in"]


def test_the_wait_a_receiver_asks_for_is_kept(waiting, receiver, worker):
    receiver.status, receiver.headers = 429, {"Retry-After": "900"}
    worker.run(seconds=899)
    assert len(receiver.calls) == 1

    receiver.status, receiver.headers = 200, {}
    worker.run(seconds=2)

    assert len(receiver.calls) == 2
    assert fresh(waiting).status == Status.DELIVERED


def test_where_nobody_is_any_more_is_paused(endpoint, waiting, many, receiver, worker):
    receiver.status = 410

    worker.run(seconds=DAY)

    assert len(receiver.calls) == 1
    assert not fresh(endpoint).is_active
    assert fresh(waiting).status == Status.FAILED
    assert endpoint.deliveries.filter(status=Status.WAITING).count() == 30
    entry = Entry.objects.get(action="endpoint.paused")
    assert (entry.actor_id, entry.data) == ("worker", {"answer": 410})


def test_one_that_hangs_is_asked_once_and_holds_up_nobody(
    program, manu, endpoint, many, receiver, monkeypatch
):
    monkeypatch.setattr(couriers, "_ANSWER_SECONDS", 0.2)
    receiver.hangs_until = threading.Event()
    with receiving() as other:
        well, _secret = made.make_endpoint(program, manu, url=other.url)
        made.make_deliveries(
            well, 30, status=Status.WAITING, next_at=timezone.now(), done_at=None
        )
        wake(well)

        dispatch.drain()

        assert len(other.calls) == 30
    assert len(receiver.calls) == 1
    assert fresh(endpoint).failures == 1


def test_one_that_stays_silent_is_asked_seldom(many, receiver, worker):
    receiver.status = 503

    worker.run(seconds=DAY)

    assert len(receiver.calls) < 12
    assert len(set(receiver.ids)) > 1


def test_after_silence_all_of_it_arrives(endpoint, many, receiver, worker):
    receiver.status = 503
    worker.run(seconds=1800)
    receiver.status = 200
    receiver.calls.clear()

    worker.run(seconds=DAY)

    assert len(receiver.calls) == 30
    assert not endpoint.deliveries.exclude(status=Status.DELIVERED).exists()
    assert fresh(endpoint).failures == 0


def test_what_waited_for_a_silent_one_is_given_up_after_three_days(
    endpoint, many, receiver, worker
):
    receiver.status = 503

    worker.run(seconds=4 * DAY)

    assert len(receiver.calls) < 40
    assert not endpoint.deliveries.exclude(status=Status.FAILED).exists()
    assert not Message.objects.filter(status=Message.Status.STUCK).exists()


def test_what_waited_because_of_us_is_tried_however_old_it_is(
    endpoint, many, receiver, worker, clock
):
    clock.shift(10 * DAY)

    worker.run()

    assert len(receiver.calls) == 30


def test_one_message_that_is_refused_does_not_hold_up_the_others(
    endpoint, many, receiver, worker, clock
):
    """Refused is not silent: somebody looked at it."""
    receiver.status = 400
    dispatch.drain()

    assert len(receiver.calls) == 30
    assert fresh(endpoint).failures == 0


def test_a_paused_endpoint_gets_what_waited_once_it_is_resumed(
    endpoint, many, receiver, manager, worker
):
    endpoints.pause(endpoint, actor=manager)
    worker.run(seconds=10 * DAY)
    assert receiver.calls == []

    endpoints.resume(endpoint, actor=manager)
    worker.run()

    assert len(receiver.calls) == 30


def test_a_pause_ends_a_turn_under_way(endpoint, many, receiver, manager):
    endpoints.pause(endpoint, actor=manager)

    goes_on = answering.answered(many[0].pk, Answer(200, 5), at=timezone.now())

    assert not goes_on
    assert fresh(many[0]).status == Status.DELIVERED


def test_a_test_event_goes_before_what_waits(endpoint, many, receiver, manager):
    delivery = endpoints.test(endpoint, actor=manager)
    dispatch.drain()

    assert receiver.ids[0] == str(delivery.announcement)
    assert json.loads(receiver.calls[0].body)["type"] == "test"


def test_a_test_event_is_tried_at_once_also_while_it_is_left_in_peace(
    endpoint, many, receiver, manager
):
    receiver.status = 503
    dispatch.drain()
    receiver.status = 200

    endpoints.test(endpoint, actor=manager)
    dispatch.drain()

    # All but the first one, which waits for its own second try.
    assert len(receiver.calls) == 1 + 30


def test_what_was_delivered_twice_is_recorded_twice_and_done_once(waiting, receiver):
    """A worker died between the answer and its record; the next one sent it again."""
    dispatch.drain()
    done_at = fresh(waiting).done_at

    answering.answered(waiting.pk, Answer(500, 5), at=timezone.now())

    assert fresh(waiting).status == Status.DELIVERED
    assert (waiting.done_at, waiting.attempts_count) == (done_at, 2)


def test_without_the_setting_nothing_leaves_for_a_private_address(
    waiting, receiver, settings
):
    settings.WEBHOOK_TO_PRIVATE = False

    dispatch.drain()

    assert receiver.calls == []
    assert "private network" in waiting.attempts.get().problem


def test_the_outbox_holds_no_more_than_ids(many):
    payloads = Message.objects.values_list("payload", flat=True)

    assert all(list(payload) == ["endpoint"] for payload in payloads)
