"""Sent again under the same id, which a receiver knows."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Delivery
from orders.webhooks import endpoints, replaying
from portal.audit.models import Entry
from portal.outbox import dispatch
from tests.orders.webhooks import made

Status = Delivery.Status


@pytest.fixture
def log(endpoint):
    """Three that arrived and two that were given up."""
    arrived = made.make_deliveries(endpoint, 3)
    failed = made.make_deliveries(endpoint, 2, status=Status.FAILED)
    return arrived + failed


def ids(deliveries):
    return sorted(str(each.announcement) for each in deliveries)


def test_what_was_given_up_is_sent_again_under_its_ids(
    endpoint, log, receiver, manager
):
    count = replaying.replay(endpoint, replaying.failed(endpoint), actor=manager)
    dispatch.drain()

    assert count == 2
    assert sorted(receiver.ids) == ids(log[3:])
    assert not replaying.failed(endpoint).exists()
    entry = Entry.objects.get(action="endpoint.replayed")
    assert entry.data == {"deliveries": 2}


def test_everything_since_a_time_is_sent_again(endpoint, log, receiver, manager):
    long_ago = timezone.now() - timedelta(days=9)
    old = [log[0].pk, log[3].pk]
    Delivery.objects.filter(pk__in=old).update(created_at=long_ago)
    hour_ago = timezone.now() - timedelta(hours=1)

    meant = replaying.since(endpoint, hour_ago)
    assert replaying.replay(endpoint, meant, actor=manager) == 3
    dispatch.drain()

    assert sorted(receiver.ids) == ids([log[1], log[2], log[4]])


def test_another_endpoints_deliveries_are_never_meant(
    program, manu, endpoint, log, receiver, manager
):
    other, _secret = made.make_endpoint(program, manu, url=f"{receiver.url}/other")

    count = replaying.replay(other, Delivery.objects.all(), actor=manager)

    assert count == 0
    assert not Entry.objects.filter(action="endpoint.replayed").exists()


def test_a_replay_starts_its_days_and_its_waits_anew(
    endpoint, log, receiver, manager, clock, worker
):
    receiver.status = 500
    replaying.replay(endpoint, Delivery.objects.filter(pk=log[0].pk), actor=manager)
    worker.run(seconds=4 * 24 * 3600)
    tried = len(receiver.calls)
    assert tried > 12

    replaying.replay(endpoint, Delivery.objects.filter(pk=log[0].pk), actor=manager)
    worker.run(seconds=60)

    assert len(receiver.calls) == tried + 3
    assert len(set(receiver.ids)) == 1


def test_what_is_replayed_to_a_paused_endpoint_waits(
    endpoint, log, receiver, manager, worker
):
    endpoints.pause(endpoint, actor=manager)
    replaying.replay(endpoint, replaying.failed(endpoint), actor=manager)
    worker.run(seconds=3600)
    assert receiver.calls == []

    endpoints.resume(endpoint, actor=manager)
    worker.run()

    assert len(receiver.calls) == 2
