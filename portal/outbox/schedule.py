"""Work that comes round by the clock, as ordinary messages of the outbox."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from portal.outbox.handlers import load
from portal.outbox.models import Message

_rounds: Final[dict[str, timedelta]] = {}
_KEEP_DONE = timedelta(days=30)


def every(topic: str, interval: timedelta) -> None:
    """Enqueue `topic` once per interval, on whichever worker looks first."""
    _rounds[topic] = interval


def tick() -> None:
    """Enqueue what is due by the clock, and forget what was done long ago."""
    load()
    now = timezone.now()
    for topic, interval in _rounds.items():
        round_number = int(now.timestamp() // interval.total_seconds())
        key = f"{topic}:round-{round_number}"
        if not Message.objects.filter(key=key).exists():
            # Not `enqueue`: of two workers that look at once, the second would have
            # the round run again.
            message = Message(topic=topic, key=key, not_before=now)
            Message.objects.bulk_create([message], ignore_conflicts=True)
    Message.objects.filter(
        status=Message.Status.DONE, done_at__lt=now - _KEEP_DONE
    ).delete()
