"""Rewards that other systems trigger count together for the approval rule.

Otherwise a hundred small orders would walk around an amount that one large order needs
approval for.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from orders.models import Order
from orders.states import OrderStatus
from portal.money import Money
from programs.models import Program

# What never went out, and what waits for a person who will decide on it.
_NOT_OUT = (
    OrderStatus.DRAFT,
    OrderStatus.SUBMITTED,
    OrderStatus.CHANGES_REQUESTED,
    OrderStatus.REJECTED,
    OrderStatus.CANCELLED,
    OrderStatus.EXPIRED,
)


def counted(order: Order) -> Money:
    """What the approval rule looks at: the order, with what was triggered lately.

    Within the verb that holds the lock of its program. Orders that a person approved do
    not count again.
    """
    by_amount = order.program.approval_rule == Program.ApprovalRule.ABOVE
    if order.origin == Order.Origin.PERSON or not by_amount:
        return order.estimate
    since = timezone.now() - timedelta(hours=settings.TRIGGER_APPROVAL_HOURS)
    lately = (
        Order.objects.filter(program=order.program_id, submitted_at__gte=since)
        .exclude(origin=Order.Origin.PERSON)
        .exclude(status__in=_NOT_OUT)
        .exclude(pk=order.pk)
        .filter(approvals=None)
        .aggregate(total=Sum("estimate_minor"))["total"]
    )
    return order.estimate + Money.of_minor(lately or 0, order.currency)
