"""Putting a message into the outbox, inside the verb's transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from portal import rows
from portal.outbox.models import Message
from portal.outbox.wake import wake

Payload = Mapping[str, int | str]


def enqueue(
    topic: str, key: object, payload: Payload, *, not_before: datetime | None = None
) -> None:
    """Have the topic's handler called after this transaction commits.

    `key` makes the message unique within its topic: enqueueing it again runs the
    handler again, and brings a later appointment forward. Enqueued during its own run,
    it runs again at the time asked for. `payload` holds ids only.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message needs a transaction")
    when = not_before or timezone.now()
    full_key = f"{topic}:{key}"
    message, created = Message.objects.get_or_create(
        key=full_key,
        defaults={"topic": topic, "payload": dict(payload), "not_before": when},
    )
    if not created:
        waiting = Message.objects.filter(pk=message.pk, status=Message.Status.WAITING)
        revised = {"revision": F("revision") + 1, "payload": dict(payload)}
        if not waiting.update(not_before=_earlier(when), **revised):
            Message.objects.filter(pk=message.pk).update(
                status=Message.Status.WAITING,
                not_before=when,
                failures=0,
                done_at=None,
                **revised,
            )
    transaction.on_commit(lambda: wake(message.pk, when))


def enqueue_all(
    topic: str, payloads: Mapping[int, Payload] | Mapping[str, Payload]
) -> None:
    """Many at once, by keys that this topic never had before."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message needs a transaction")
    when = timezone.now()
    messages = Message.objects.bulk_create(
        Message(
            topic=topic, key=f"{topic}:{key}", payload=dict(payload), not_before=when
        )
        for key, payload in payloads.items()
    )
    for message in messages:
        transaction.on_commit(partial(wake, message.pk, when))


def enqueue_first(topic: str, key: int, payload: Payload) -> None:
    """One, by a key that this topic never had before; quicker than `enqueue`."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a message needs a transaction")
    when = timezone.now()
    message = Message(
        topic=topic, key=f"{topic}:{key}", payload=dict(payload), not_before=when
    )
    rows.insert(message)
    transaction.on_commit(partial(wake, message.pk, when))


def _earlier(when: datetime) -> Case:
    # The appointment of a run under way is being kept: unless an enqueue during that
    # run made it, it must not pull the next run to the moment this one ends.
    lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    kept = When(
        leased_until__gt=timezone.now(),
        not_before__lte=F("leased_until") - lease,
        then=Value(when),
    )
    return Case(kept, default=Least("not_before", when))


def soon(seconds: float) -> datetime:
    """A time to pass as `not_before`."""
    return timezone.now() + timedelta(seconds=seconds)
