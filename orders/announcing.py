"""Having other systems told of an order, once what happened to it is committed."""

from typing import Final

from orders.models import Endpoint, Order
from portal.outbox.messages import enqueue

TOPIC: Final = "webhooks.announce"


def soon(order: Order) -> None:
    """Within any verb that changed the order or its rewards; what changed is found.

    Does nothing in a program that tells nobody.
    """
    if Endpoint.objects.filter(program=order.program_id).exists():
        enqueue(TOPIC, order.pk, {"order": order.pk})
