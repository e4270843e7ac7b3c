"""On their way: one endpoint's deliveries, one after the other, none for ever.

A message of the outbox per endpoint wakes its deliveries, whose own appointments are
kept here. So one that hangs holds up nobody else, and its many deliveries never become
many stuck messages.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from orders.models import Announcement, Delivery, Endpoint
from orders.webhooks import answering, signing
from portal.egress.courier import Courier
from portal.outbox.handlers import Later
from portal.outbox.messages import enqueue

TOPIC: Final = "webhooks.deliver"
# With the time the last one may take, well below the lease of the message.
_TURN_SECONDS: Final = 20.0
_AT_ONCE: Final = 50


def hand_over(
    announcements: Sequence[Announcement], endpoints: Iterable[Endpoint]
) -> None:
    """Within a verb: each to the endpoints that want it; paused ones get it later."""
    now = timezone.now()
    for endpoint in endpoints:
        made = Delivery.objects.bulk_create(
            Delivery(announcement=each, endpoint=endpoint, tried_since=now, next_at=now)
            for each in announcements
            if each.kind in endpoint.kinds
        )
        if made:
            soon(endpoint)


def soon(endpoint: Endpoint) -> None:
    """Within a verb: let what is due go, once that is committed."""
    if endpoint.is_active:
        enqueue(TOPIC, endpoint.pk, {"endpoint": endpoint.pk})


def deliver_some(endpoint_id: int) -> Later | None:
    """Send what is due, for a while; when to go on, or None where nothing waits."""
    ends_at = time.monotonic() + _TURN_SECONDS
    answering.give_up_overdue(endpoint_id)
    with Courier() as courier:
        while endpoint := _awake(endpoint_id):
            for delivery in _due(endpoint)[:_AT_ONCE]:
                if time.monotonic() > ends_at:
                    return Later(0)
                if not _deliver(delivery, endpoint, courier):
                    break
            else:
                if not _due(endpoint).exists():
                    break
    return _next_turn(endpoint_id)


def _awake(endpoint_id: int) -> Endpoint | None:
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    is_awake = endpoint.is_active and not endpoint.rests(timezone.now())
    return endpoint if is_awake else None


def _due(endpoint: Endpoint) -> QuerySet[Delivery]:
    waiting = _waiting(endpoint).filter(next_at__lte=timezone.now())
    return waiting.select_related("announcement")


def _waiting(endpoint: Endpoint) -> QuerySet[Delivery]:
    waiting = endpoint.deliveries.filter(status=Delivery.Status.WAITING)
    return waiting.order_by("next_at", "pk")


def _deliver(delivery: Delivery, endpoint: Endpoint, courier: Courier) -> bool:
    """One attempt; whether the next delivery may follow at once."""
    at, told = timezone.now(), delivery.announcement
    headers = signing.headers(endpoint, told, at)
    answer = courier.post(endpoint.url, told.body.encode(), headers)
    return answering.answered(delivery.pk, answer, at=at)


def _next_turn(endpoint_id: int) -> Later | None:
    endpoint = Endpoint.objects.get(pk=endpoint_id)
    first = _waiting(endpoint).first()
    if first is None or first.next_at is None or not endpoint.is_active:
        return None
    when = max(first.next_at, endpoint.rests_until or first.next_at)
    return Later(max((when - timezone.now()).total_seconds(), 0.0))
