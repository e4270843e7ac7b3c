from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from time_machine import travel

from portal.outbox import dispatch
from portal.outbox.handlers import GiveUp, Later, Retry, handles
from portal.outbox.messages import enqueue, enqueue_all, soon
from portal.outbox.models import Message
from tests.portal.outbox.conftest import TOPIC, put

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
Status = Message.Status


def stored(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def after(seconds: float):
    return travel(NOW + timedelta(seconds=seconds), tick=False)


# Outcomes


def test_a_delivered_message_is_done(work):
    message = put()

    assert dispatch.drain() == 1

    message = stored(message)
    assert work.calls == [{"id": 1}]
    assert (message.status, message.attempts, message.lease) == (Status.DONE, 1, None)
    assert message.done_at is not None
    assert dispatch.drain() == 0


def test_later_is_no_failure_and_keeps_its_appointment(work):
    work.then = lambda: Later(90)
    with after(0):
        message = put()
        dispatch.drain()

    message = stored(message)
    assert (message.status, message.failures, message.problem) == ("waiting", 0, "")
    assert message.not_before == NOW + timedelta(seconds=90)
    with after(89):
        assert dispatch.drain() == 0
    with after(90):
        assert len(dispatch.claim(9)) == 1


def test_later_forgets_earlier_failures(work):
    work.raises(Retry("away", after=0))
    message = put()
    dispatch.deliver(dispatch.claim(1)[0])
    assert stored(message).failures == 1

    work.then = lambda: Later(90)
    dispatch.deliver(dispatch.claim(1)[0])

    assert (stored(message).failures, stored(message).problem) == (0, "")


def test_retry_backs_off_longer_each_time(work):
    work.raises(Retry("The provider is away."))
    pauses, now = [], 0.0
    with after(now):
        message = put()
    for _ in range(dispatch.MOST_FAILURES - 1):
        with after(now):
            dispatch.deliver(dispatch.claim(1)[0])
        due = (stored(message).not_before - NOW).total_seconds()
        pauses.append(due - now)
        now = due

    for number, pause in enumerate(pauses, start=1):
        longest = min(600, 2**number)
        assert longest / 2 <= pause <= longest
    assert stored(message).status == Status.WAITING
    assert stored(message).problem == "The provider is away."


def test_retry_may_name_its_own_pause(work):
    work.raises(Retry("busy", after=7))
    with after(0):
        message = put()
        dispatch.drain()

    assert stored(message).not_before == NOW + timedelta(seconds=7)


def test_a_message_that_fails_too_often_is_stuck(work):
    work.raises(Retry("away", after=0))
    message = put()

    dispatch.drain()

    message = stored(message)
    assert (message.status, message.problem) == (Status.STUCK, "away")
    assert len(work.calls) == dispatch.MOST_FAILURES


def test_giving_up_makes_it_stuck_at_once(work):
    work.raises(GiveUp("The provider refuses this order." + "x" * 600))
    message = put()

    dispatch.drain()

    message = stored(message)
    assert message.status == Status.STUCK
    assert message.problem.startswith("The provider refuses this order.")
    assert len(message.problem) == 500
    assert message.lease is None


def test_a_bug_in_a_handler_is_tried_again_and_names_no_content(work, caplog):
    work.raises(ValueError("nora@example.com"))
    message = put()

    dispatch.drain()

    assert (stored(message).status, stored(message).problem) == (
        "waiting",
        "ValueError",
    )


def test_an_unknown_topic_is_stuck(db):
    with transaction.atomic():
        enqueue("tests.nobody", 1, {})

    dispatch.drain()

    message = Message.objects.get()
    assert (message.status, message.problem) == ("stuck", "no handler for tests.nobody")


def test_a_topic_has_one_handler(work):
    with pytest.raises(ValueError, match="has a handler"):
        handles(TOPIC)(lambda payload: None)


# Enqueueing


@pytest.mark.django_db(transaction=True)
def test_a_message_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        enqueue(TOPIC, 1, {})
    with pytest.raises(transaction.TransactionManagementError):
        enqueue_all(TOPIC, {1: {}})


def test_many_at_once_are_each_delivered(work):
    with transaction.atomic():
        enqueue_all(TOPIC, {n: {"id": n} for n in range(300)})

    dispatch.drain()

    assert sorted(payload["id"] for payload in work.calls) == list(range(300))


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_transaction_that_failed_is_none():
    def fail() -> None:
        with transaction.atomic():
            enqueue(TOPIC, 1, {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert not Message.objects.exists()


def test_enqueueing_again_brings_the_appointment_forward_and_never_back(work):
    with after(0):
        put(not_before=soon(60))
        assert put(not_before=soon(30)).not_before == NOW + timedelta(seconds=30)
        assert put(not_before=soon(90)).not_before == NOW + timedelta(seconds=30)


@pytest.mark.parametrize("status", [Status.DONE, Status.STUCK, Status.ABANDONED])
def test_enqueueing_again_revives_what_was_settled(work, status):
    message = put()
    Message.objects.update(status=status, failures=5, not_before="2020-01-01T00:00Z")

    with after(0):
        put(not_before=soon(30))

    message = stored(message)
    assert (message.status, message.failures) == (Status.WAITING, 0)
    assert message.not_before == NOW + timedelta(seconds=30)


def test_keys_of_different_topics_do_not_meet(work):
    put(1)
    with transaction.atomic():
        enqueue("tests.other", 1, {})

    assert Message.objects.count() == 2
