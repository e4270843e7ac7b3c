"""Sending again what was sent before, under the same message ids.

A receiver that took a message in already knows it by its id.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from orders.models import Delivery, Endpoint
from orders.webhooks import delivering
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action


def failed(endpoint: Endpoint) -> QuerySet[Delivery]:
    """What was given up."""
    return endpoint.deliveries.filter(status=Delivery.Status.FAILED)


def since(endpoint: Endpoint, at: datetime) -> QuerySet[Delivery]:
    """Whatever was to be sent since then, also if it arrived."""
    return endpoint.deliveries.filter(created_at__gte=at)


@transaction.atomic(durable=True)
def replay(endpoint: Endpoint, deliveries: QuerySet[Delivery], *, actor: Actor) -> int:
    """Have these of an endpoint's deliveries sent as if they were new; how many.

    Those of a paused endpoint wait until it is resumed.
    """
    locked = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    now = timezone.now()
    count = deliveries.filter(endpoint=locked).update(
        status=Delivery.Status.WAITING, tried_since=now, next_at=now, done_at=None
    )
    if count:
        locked.failures, locked.rests_until = 0, None
        locked.save(update_fields=["failures", "rests_until"])
        delivering.soon(locked)
        journal.record(
            Action.ENDPOINT_REPLAYED,
            locked,
            actor=actor,
            program_id=locked.program_id,
            data={"deliveries": count},
        )
    return count
