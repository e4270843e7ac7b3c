"""How fresh our copy of the catalogue is, and what the next reading is up to."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from portal.outbox.models import Message
from programs.catalogue import REFRESH_TOPIC
from programs.models import CatalogueRefresh

Status = Message.Status


@dataclass(frozen=True, slots=True)
class Freshness:
    """`as_of` is None before the first reading; `problem` is of the last attempt.

    `retry_at` says when it is read again; None with a problem means it has given up.
    """

    as_of: datetime | None
    is_reading: bool
    problem: str
    retry_at: datetime | None


def as_of() -> datetime | None:
    """When our copy was read, or None before the first reading; one query."""
    latest = CatalogueRefresh.objects.order_by("-at").first()
    return latest.at if latest else None


def state() -> Freshness:
    """Two or three small queries."""
    read_at = as_of()
    asked = Message.objects.filter(topic=REFRESH_TOPIC)
    waiting = asked.filter(status=Status.WAITING).order_by("not_before", "id").first()
    if waiting is not None:
        if waiting.not_before <= timezone.now():
            return Freshness(read_at, True, "", None)
        return Freshness(read_at, False, waiting.problem, waiting.not_before)
    stuck = asked.filter(status=Status.STUCK).order_by("-not_before", "-id").first()
    if stuck is not None and (read_at is None or stuck.not_before > read_at):
        return Freshness(read_at, False, stuck.problem, None)
    return Freshness(read_at, False, "", None)
