import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from time_machine import travel

from portal.outbox import dispatch
from portal.outbox.handlers import GiveUp, Later, Retry
from portal.outbox.messages import soon
from portal.outbox.models import Message
from tests.portal.outbox.conftest import put

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
Status = Message.Status


def stored(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def after(seconds: float):
    return travel(NOW + timedelta(seconds=seconds), tick=False)


# Waking up during a run


def test_a_wake_up_during_a_run_is_not_lost(work):
    work.then = lambda: put() and None
    message = put()
    dispatch.deliver(dispatch.claim(1)[0])

    assert (stored(message).status, stored(message).lease) == (Status.WAITING, None)

    work.then = lambda: None
    assert dispatch.drain() == 1
    assert stored(message).status == Status.DONE


@pytest.mark.parametrize(
    "outcome", [GiveUp("no"), Retry("later"), Retry("now", after=0), ValueError()]
)
def test_a_wake_up_outlives_a_run_that_fails(work, outcome):
    def wake_and_fail() -> None:
        put()
        raise outcome

    work.then = wake_and_fail
    message = put()
    dispatch.deliver(dispatch.claim(1)[0])

    assert stored(message).status == Status.WAITING
    assert len(dispatch.claim(1)) == 1


def test_a_run_that_asks_for_itself_later_is_called_then(work):
    work.then = lambda: put(not_before=soon(60)) and None
    with after(0):
        message = put()
    with after(5):
        assert dispatch.drain() == 1

    assert stored(message).not_before == NOW + timedelta(seconds=65)


def test_of_several_wake_ups_during_a_run_the_earliest_counts(work):
    def ask_thrice() -> None:
        for seconds in (60, 20, 40):
            put(not_before=soon(seconds))

    work.then = ask_thrice
    with after(0):
        message = put()
    with after(5):
        dispatch.drain()

    assert stored(message).not_before == NOW + timedelta(seconds=25)


# Leases


def test_a_claimed_message_is_nobody_else_s(work):
    put()

    assert len(dispatch.claim(5)) == 1
    assert dispatch.claim(5) == []
    assert dispatch.claim_one(Message.objects.get().pk) is None


def test_a_lease_that_ran_out_is_delivered_again(work, settings):
    with after(0):
        message = put()
        dispatch.claim(1)  # and the worker dies
    with after(settings.OUTBOX_LEASE_SECONDS - 1):
        assert dispatch.drain() == 0
    with after(settings.OUTBOX_LEASE_SECONDS):
        assert dispatch.drain() == 1

    assert (stored(message).status, stored(message).attempts) == (Status.DONE, 2)


def test_a_run_that_lost_its_lease_settles_nothing(work, settings):
    with after(0):
        message = put()
        (slow,) = dispatch.claim(1)

    def lose_the_lease() -> Later:
        with after(settings.OUTBOX_LEASE_SECONDS + 1):
            dispatch.claim(1)
        return Later(999)

    work.then = lose_the_lease
    with after(1):
        dispatch.deliver(slow)

    kept = stored(message)
    assert kept.lease is not None
    assert kept.lease != slow.lease
    assert kept.not_before == NOW


def test_a_lease_that_ran_out_in_the_queue_is_not_run(work, settings):
    with after(0):
        put()
        (late,) = dispatch.claim(1)
    with after(settings.OUTBOX_LEASE_SECONDS):
        dispatch.deliver(late)

    assert work.calls == []


def test_older_appointments_come_first(work):
    with after(0):
        second = put(2, not_before=soon(20))
        first = put(1, not_before=soon(10))
    with after(60):
        claimed = dispatch.claim(5)

    assert [m.pk for m in claimed] == [first.pk, second.pk]


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_message(work):
    for number in range(40):
        put(number)
    start = threading.Barrier(2)
    claimed: list[int] = []

    def claim() -> None:
        start.wait()
        try:
            while messages := dispatch.claim(3):
                claimed.extend(message.pk for message in messages)
        finally:
            connection.close()

    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # On PostgreSQL a look may skip rows the other is leasing; nothing stays unclaimed.
    claimed.extend(message.pk for message in dispatch.claim(40))
    assert sorted(claimed) == sorted(Message.objects.values_list("pk", flat=True))
