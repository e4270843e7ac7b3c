"""The dispatcher: claim briefly, work outside the transaction, settle by lease.

Any number of processes may run it. A worker that dies leaves a lease that runs out, and
the message is delivered again; handlers are safe to run twice.
"""

import logging
import random
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from portal.outbox.handlers import GiveUp, Later, Retry, handler_of
from portal.outbox.models import Message
from portal.outbox.wake import wake

logger = logging.getLogger(__name__)

MOST_FAILURES = 12
_LONGEST_BACK_OFF_SECONDS = 600.0


def claim(limit: int) -> list[Message]:
    """Lease up to `limit` due messages to this process."""
    if not Message.objects.due(timezone.now()).exists():
        return []
    with transaction.atomic():
        due = Message.objects.due(timezone.now()).select_for_update(skip_locked=True)
        return [_lease(message) for message in due[:limit]]


def claim_one(message_id: int) -> Message | None:
    """Lease this message, or None if it is not due or somebody else holds it."""
    lease = uuid.uuid4()
    due = Message.objects.due(timezone.now()).filter(pk=message_id)
    # One statement: of two workers, the second waits and finds the lease taken.
    ours = due.update(
        lease=lease, leased_until=_lease_end(), attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=message_id) if ours else None


def deliver(message: Message) -> None:
    """Call the handler of a leased message and settle the message by its answer.

    Does nothing if the lease ran out before its turn came: somebody else has it.
    """
    if message.leased_until is None or message.leased_until <= timezone.now():
        return
    try:
        answer = handler_of(message.topic)(message.payload)
    except GiveUp as refusal:
        _settle(message, status=Message.Status.STUCK, problem=str(refusal)[:500])
    except Retry as failure:
        _fail(message, str(failure), failure.after)
    except Exception as error:
        # The outbox must outlive any bug in a handler; the message stays visible.
        logger.exception("Message %s (%s) failed", message.pk, message.topic)
        _fail(message, type(error).__name__, None)
    else:
        if isinstance(answer, Later):
            when = timezone.now() + timedelta(seconds=answer.seconds)
            _settle(message, not_before=when, failures=0, problem="")
        else:
            _settle(
                message,
                status=Message.Status.DONE,
                done_at=timezone.now(),
                problem="",
            )


def drain(limit: int = 100) -> int:
    """Deliver everything that is due now, here; how many that were."""
    delivered = 0
    while messages := claim(limit):
        for message in messages:
            deliver(message)
        delivered += len(messages)
    return delivered


def _lease(message: Message) -> Message:
    message.lease = uuid.uuid4()
    message.leased_until = _lease_end()
    message.attempts += 1
    message.save(update_fields=["lease", "leased_until", "attempts"])
    return message


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def _fail(message: Message, problem: str, after: float | None) -> None:
    failures = message.failures + 1
    if failures >= MOST_FAILURES:
        _settle(message, status=Message.Status.STUCK, problem=problem[:500])
        return
    seconds = after if after is not None else _back_off(failures)
    _settle(
        message,
        failures=failures,
        problem=problem[:500],
        not_before=timezone.now() + timedelta(seconds=seconds),
    )


def _back_off(failures: int) -> float:
    # Jitter keeps many failed messages from returning in one wave.
    longest = min(_LONGEST_BACK_OFF_SECONDS, 2.0**failures)
    return longest * random.uniform(0.5, 1)  # noqa: S311  (not a secret)


def _settle(message: Message, **change: object) -> None:
    """Write the outcome, unless the lease was lost or a wake-up came meanwhile."""
    ours = Message.objects.filter(pk=message.pk, lease=message.lease)
    free = {"lease": None, "leased_until": None}
    if ours.filter(revision=message.revision).update(**free, **change):
        if when := change.get("not_before"):
            wake(message.pk, when)  # type: ignore[arg-type]  # it is a datetime
        return
    # Enqueued again during the run: it is due at the time that enqueue asked for.
    if ours.update(**free):
        message.refresh_from_db(fields=["not_before"])
        wake(message.pk, message.not_before)
