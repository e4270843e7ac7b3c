"""Orders nobody decided on in time give their money back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from orders import drafts, lifecycle, notices
from orders.models import Order
from orders.states import OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action

_WAITING = (OrderStatus.SUBMITTED, OrderStatus.CHANGES_REQUESTED)
_MOST_AT_ONCE = 500


def overdue() -> list[int]:
    """Orders that have waited for a decision longer than APPROVAL_DAYS."""
    waiting = Order.objects.with_status(*_WAITING).filter(submitted_at__lt=_limit())
    return list(waiting.values_list("pk", flat=True)[:_MOST_AT_ONCE])


@transaction.atomic(durable=True)
def expire(order_id: int, *, actor: Actor) -> None:
    """End one overdue order; nothing if somebody acted on it meanwhile."""
    order = lifecycle.lock(order_id)
    if order.status not in _WAITING:
        return
    if order.submitted_at is None or order.submitted_at >= _limit():
        return
    if order.status == OrderStatus.SUBMITTED:
        drafts.release(order, actor=actor)
    lifecycle.move(order, OrderStatus.EXPIRED)
    drafts.cancel_rewards(order)
    notices.to_requester(order, "expired")
    journal.record(
        Action.ORDER_EXPIRED, order, actor=actor, program_id=order.program_id
    )


def _limit() -> datetime:
    return timezone.now() - timedelta(days=settings.APPROVAL_DAYS)
