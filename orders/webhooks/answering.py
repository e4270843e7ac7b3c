"""What came of one attempt: delivered, tried again later, or given up.

Attempts are their own record and not journalled one by one; that an endpoint was paused
because it is gone is.
"""

import random
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Delivery, DeliveryAttempt, Endpoint
from portal.actors import WORKER
from portal.audit import journal
from portal.audit.actions import Action
from portal.egress.courier import Answer

Status = Delivery.Status
_HOUR: Final = 3600.0
# After the first failure, the second, and so on; the last one for all that follow.
_WAITS: Final = (5.0, 30.0, 120.0, 600.0, _HOUR, 3 * _HOUR, 6 * _HOUR)
_GONE: Final = 410
# With these nobody behind the address has looked at what was sent.
_NOBODY_THERE: Final = frozenset({None, 429, 502, 503, 504})


@transaction.atomic(durable=True)
def answered(delivery_id: int, answer: Answer, *, at: datetime) -> bool:
    """Record an attempt; whether the endpoint may be sent the next delivery at once."""
    endpoint = Endpoint.objects.select_for_update().get(
        pk=Delivery.objects.values("endpoint").get(pk=delivery_id)["endpoint"]
    )
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    DeliveryAttempt.objects.create(
        delivery=delivery,
        at=at,
        status_code=answer.status,
        milliseconds=answer.milliseconds,
        problem=_problem(answer),
    )
    delivery.attempts_count += 1
    _rest(endpoint, answer)
    if delivery.status == Status.WAITING:
        _settle(delivery, endpoint, answer)
    delivery.save(update_fields=["attempts_count", "status", "next_at", "done_at"])
    if answer.status == _GONE and endpoint.is_active:
        _pause(endpoint)
    return endpoint.is_active and not endpoint.rests(timezone.now())


@transaction.atomic(durable=True)
def give_up_overdue(endpoint_id: int) -> None:
    """End what has waited too long for an endpoint that was silent all the time.

    What waited because of us is tried first, however old it is.
    """
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    if not endpoint.is_active or endpoint.failures < len(_WAITS):
        return
    now = timezone.now()
    waiting = endpoint.deliveries.filter(status=Status.WAITING)
    waiting.filter(tried_since__lt=now - _patience()).update(
        status=Status.FAILED, next_at=None, done_at=now
    )


def is_success(status: int | None) -> bool:
    """Whether an answer with this status means that it was taken in."""
    return status is not None and 200 <= status < 300


def _settle(delivery: Delivery, endpoint: Endpoint, answer: Answer) -> None:
    now = timezone.now()
    if is_success(answer.status):
        delivery.status = Status.DELIVERED
    else:
        tries = delivery.attempts.filter(at__gte=delivery.tried_since).count()
        wait = max(_wait(tries), answer.retry_after or 0.0)
        delivery.next_at = now + timedelta(seconds=wait)
        if endpoint.rests_until:
            delivery.next_at = max(delivery.next_at, endpoint.rests_until)
        ends_at = delivery.tried_since + _patience()
        if answer.status == _GONE or delivery.next_at > ends_at:
            delivery.status = Status.FAILED
    if delivery.status != Status.WAITING:
        delivery.next_at, delivery.done_at = None, now


def _rest(endpoint: Endpoint, answer: Answer) -> None:
    """Leave an endpoint in peace, the longer the more often nobody was there."""
    if answer.status in _NOBODY_THERE:
        endpoint.failures += 1
        wait = max(_wait(endpoint.failures), answer.retry_after or 0.0)
        endpoint.rests_until = timezone.now() + timedelta(seconds=wait)
    elif endpoint.failures:
        endpoint.failures, endpoint.rests_until = 0, None
    else:
        return
    endpoint.save(update_fields=["failures", "rests_until"])


def _pause(endpoint: Endpoint) -> None:
    endpoint.is_active = False
    endpoint.version += 1
    endpoint.save(update_fields=["is_active", "version"])
    journal.record(
        Action.ENDPOINT_PAUSED,
        endpoint,
        actor=WORKER,
        program_id=endpoint.program_id,
        data={"answer": _GONE},
    )


def _problem(answer: Answer) -> str:
    if answer.failure is not None:
        return str(answer.failure.label)
    if answer.status == _GONE:
        return _("The receiver says that nobody is there any more: paused.")
    if answer.status is not None and 300 <= answer.status < 400:
        return _("It leads to another address; that is not followed.")
    return ""


def _wait(failures: int) -> float:
    wait = _WAITS[min(max(failures, 1), len(_WAITS)) - 1]
    # Jitter keeps what failed together from coming back in one wave.
    return wait * random.uniform(1.0, 1.2)  # noqa: S311  (not a secret)


def _patience() -> timedelta:
    return timedelta(days=settings.WEBHOOK_MOST_DAYS)
