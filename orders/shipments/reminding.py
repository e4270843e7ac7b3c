"""Reminding those who were asked for their address and have not answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import lifecycle
from orders.models import Order
from orders.shipments import asking
from orders.states import OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue

TOPIC: Final = "orders.remind_addresses"


@transaction.atomic(durable=True)
def remind(order: Order, *, version: int, actor: Actor) -> Order:
    """Write once more to those who have not answered.

    Raises StaleOrder, or asking.Refused where all of them heard of it lately.
    """
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status != OrderStatus.COLLECTING:
        raise lifecycle.StaleOrder(order)
    if not _remind(order, actor):
        raise asking.Refused(
            _("Whoever has not answered was written to in the last 12 hours.")
        )
    return order


@transaction.atomic(durable=True)
def halfway(payload: Mapping[str, Any], *, actor: Actor) -> None:
    """The reminder that goes out by itself; nothing if the asking ended meanwhile."""
    order = lifecycle.lock(payload["order"])
    is_same = order.collects_until == datetime.fromisoformat(payload["until"])
    if order.status == OrderStatus.COLLECTING and is_same:
        _remind(order, actor)


def moment_of(payload: Mapping[str, Any]) -> datetime:
    """When the reminder that a message asks for was asked for."""
    return datetime.fromisoformat(payload["at"])


def _remind(order: Order, actor: Actor) -> int:
    """How many are written to; nothing is noted where that is nobody."""
    now = timezone.now()
    if count := asking.remindable(order, now).count():
        enqueue(TOPIC, order.pk, {"order": order.pk, "at": now.isoformat()})
        journal.record(
            Action.ADDRESSES_REMINDED,
            order,
            actor=actor,
            program_id=order.program_id,
            data={"count": count},
        )
    return count
