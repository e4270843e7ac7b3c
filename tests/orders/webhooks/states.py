"""An endpoint in the tests' world, with a delivery at each stop of its way."""

from typing import TYPE_CHECKING

from django.utils import timezone

from orders.models import Delivery, DeliveryAttempt, Endpoint, Kind
from orders.webhooks import telling
from tests.orders.webhooks import made

if TYPE_CHECKING:
    from tests.world import Side

Status = Delivery.Status


def fill(side: "Side") -> Endpoint:
    """One that took a message in, gave one up and waits for one."""
    word = side.name.lower()
    endpoint, _secret = made.make_endpoint(
        side.program,
        side.manager,
        url=f"https://{word}.example.com/hooks",
        label=f"{side.name} tool",
    )
    now = timezone.now()
    for status, name in (
        (Status.DELIVERED, "approved"),
        (Status.FAILED, "completed"),
        (Status.WAITING, "attention"),
    ):
        told = telling.of_order(side.orders[name], Kind.ORDER_APPROVED, now)
        told.save()
        is_waiting = status == Status.WAITING
        delivery = Delivery.objects.create(
            announcement=told,
            endpoint=endpoint,
            status=status,
            attempts_count=1,
            tried_since=now,
            next_at=now if is_waiting else None,
            done_at=None if is_waiting else now,
        )
        code = 200 if status == Status.DELIVERED else 500
        DeliveryAttempt.objects.create(
            delivery=delivery, at=now, status_code=code, milliseconds=48
        )
    return endpoint
