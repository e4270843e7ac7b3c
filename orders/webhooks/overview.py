"""How endpoints and deliveries are doing, in words and counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orders.models import Delivery, Endpoint
from orders.states import State, Tone

Status = Delivery.Status
_DAY: Final = timedelta(hours=24)

DELIVERY_STATES: Final[Mapping[Status, State]] = {
    Status.WAITING: State(
        _("Waiting"), Tone.INFO, "clock", _("It is sent when its time comes.")
    ),
    Status.DELIVERED: State(
        _("Delivered"), Tone.OK, "check-circle", _("The receiver took it in.")
    ),
    Status.FAILED: State(
        _("Given up"), Tone.ERR, "x-circle", _("It can be sent again from here.")
    ),
}
ACTIVE: Final = State(
    _("Active"), Tone.OK, "check-circle", _("It is told what happens.")
)
PAUSED: Final = State(
    _("Paused"),
    Tone.WARN,
    "pause-circle",
    _("Nothing is sent; what happens meanwhile waits."),
)
SILENT: Final = State(
    _("Not answering"),
    Tone.ERR,
    "exclamation-circle",
    _("Nobody was there the last time; it is tried again by itself."),
)


@dataclass(frozen=True, slots=True)
class Health:
    """What became of the deliveries of the last 24 hours."""

    delivered: int = 0
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """An endpoint as the list shows it."""

    endpoint: Endpoint
    state: State
    health: Health


def state_of(endpoint: Endpoint) -> State:
    """Active, paused, or active and not answering."""
    if not endpoint.is_active:
        return PAUSED
    return SILENT if endpoint.failures else ACTIVE


def state_of_delivery(delivery: Delivery) -> State:
    """Its status as pages show it."""
    return DELIVERY_STATES[Status(delivery.status)]


def lines(endpoints: Iterable[Endpoint]) -> list[Line]:
    """Each with its health, in one more query however many there are."""
    endpoints = list(endpoints)
    healths = _healths([endpoint.pk for endpoint in endpoints])
    return [Line(each, state_of(each), healths[each.pk]) for each in endpoints]


def health_of(endpoint: Endpoint) -> Health:
    """The same of one."""
    return _healths([endpoint.pk])[endpoint.pk]


def _healths(ids: list[int]) -> Mapping[int, Health]:
    recent = Delivery.objects.filter(
        endpoint__in=ids, created_at__gte=timezone.now() - _DAY
    )
    counted = recent.order_by().values_list("endpoint", "status").annotate(n=Count("*"))
    found: dict[int, dict[str, int]] = {pk: {} for pk in ids}
    for pk, status, count in counted:
        found[pk][status] = count
    return {pk: Health(**counts) for pk, counts in found.items()}
