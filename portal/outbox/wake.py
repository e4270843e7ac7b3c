"""Telling a worker that a message waits. Losing the call loses nothing but seconds."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from portal.celery import app

logger = logging.getLogger(__name__)

# Brokers keep long countdowns badly; beyond this the sweeper finds the message.
_LONGEST_COUNTDOWN_SECONDS = 30


def wake(message_id: int, when: datetime) -> None:
    """Ask Celery to deliver one message; without a broker the worker's loop does."""
    countdown = max(0.0, (when - timezone.now()).total_seconds())
    if not settings.BROKER_URL or countdown > _LONGEST_COUNTDOWN_SECONDS:
        return
    try:
        app.send_task(
            "portal.outbox.tasks.deliver",
            args=[message_id],
            countdown=countdown or None,
            retry=False,
        )
    except OperationalError:
        logger.warning("The broker does not answer; the sweeper will deliver.")
