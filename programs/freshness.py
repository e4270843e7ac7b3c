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


def state() -> Freshness:
    """Two or three small queries."""
    latest = CatalogueRefresh.objects.order_by("-at").first()
    as_of = latest.at if latest else None
    asked = Message.objects.filter(topic=REFRESH_TOPIC)
    waiting = asked.filter(status=Status.WAITING).order_by("not_before", "id").first()
    if waiting is not None:
        if waiting.not_before <= timezone.now():
            return Freshness(as_of, True, "", None)
        return Freshness(as_of, False, waiting.problem, waiting.not_before)
    stuck = asked.filter(status=Status.STUCK).order_by("-not_before", "-id").first()
    if stuck is not None and (as_of is None or stuck.not_before > as_of):
        return Freshness(as_of, False, stuck.problem, None)
    return Freshness(as_of, False, "", None)
