from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from portal.outbox import dispatch, schedule, tasks
from portal.outbox.models import Message
from tests.portal.outbox.conftest import TOPIC, put

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("own_rounds")


def rounds() -> int:
    return Message.objects.filter(topic=TOPIC).count()


def test_a_round_comes_once_per_interval(work):
    schedule.every(TOPIC, timedelta(hours=1))

    with travel(NOON, tick=False):
        schedule.tick()
        schedule.tick()
        dispatch.drain()
        schedule.tick()
        dispatch.drain()
    with travel(NOON + timedelta(minutes=59), tick=False):
        schedule.tick()
        dispatch.drain()
    assert len(work.calls) == 1

    with travel(NOON + timedelta(minutes=60), tick=False):
        schedule.tick()
        dispatch.drain()
    assert len(work.calls) == 2


def test_a_worker_that_was_away_runs_the_round_it_missed_once(work):
    schedule.every(TOPIC, timedelta(hours=1))

    with travel(NOON + timedelta(hours=7, minutes=20), tick=False):
        schedule.tick()
        schedule.tick()

    assert rounds() == 1


def test_what_was_done_long_ago_is_forgotten_and_nothing_else(work):
    with travel(NOON - timedelta(days=31), tick=False):
        put("old")
        dispatch.drain()
        put("never done")
        Message.objects.filter(key=f"{TOPIC}:never done").update(status="stuck")
    with travel(NOON - timedelta(days=29), tick=False):
        put("recent")
        dispatch.drain()

    with travel(NOON, tick=False):
        schedule.tick()

    kept = Message.objects.values_list("key", flat=True)
    assert set(kept) == {f"{TOPIC}:never done", f"{TOPIC}:recent"}


def test_the_broker_s_entrance_delivers_one_message_once(work):
    message = put()

    tasks.deliver(message.pk)
    tasks.deliver(message.pk)
    tasks.deliver(message.pk + 999)

    assert len(work.calls) == 1


def test_the_sweeper_starts_what_is_due_by_the_clock(work):
    schedule.every(TOPIC, timedelta(hours=1))

    tasks.sweep()

    assert rounds() == 1
