"""Celery's two entrances to the dispatcher."""

from datetime import timedelta

from django.utils import timezone

from portal.celery import app
from portal.outbox import dispatch, schedule
from portal.outbox.models import Message
from portal.outbox.wake import wake

# A message younger than this is most likely already on its way through the broker.
_GRACE = timedelta(seconds=5)
_MOST_AT_ONCE = 500


@app.task
def deliver(message_id: int) -> None:
    """Deliver one message, unless it is done or somebody else has it."""
    if message := dispatch.claim_one(message_id):
        dispatch.deliver(message)


@app.task(expires=5)
def sweep() -> None:
    """Wake what the broker lost, and start what is due by the clock."""
    schedule.tick()
    now = timezone.now()
    overdue = Message.objects.due(now - _GRACE).values_list("pk", flat=True)
    for message_id in overdue[:_MOST_AT_ONCE]:
        wake(message_id, now)
