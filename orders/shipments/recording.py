"""What staff record of one parcel: its tracking number, that it arrived or came back.

What the provider says later only moves a parcel forwards (`orders.following`), so it
does not undo what is recorded here.
"""

from django.db import transaction
from django.utils import timezone

from orders import lifecycle
from orders.models import Shipment
from orders.parcel_states import ShipmentStatus
from orders.shipments import facts as parcel_facts
from orders.shipments.facts import Change, Facts
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import arrival

_ENDS = {
    "delivered_on": Action.SHIPMENT_DELIVERED,
    "returned_on": Action.SHIPMENT_RETURNED,
}


class Stale(Exception):
    """The parcel changed since it was shown."""

    def __init__(self, parcel: Shipment) -> None:
        super().__init__(f"parcel {parcel.pk} is at version {parcel.version}")
        self.parcel = parcel


class NothingToTakeBack(Exception):
    """The parcel is where the provider's word puts it."""


@transaction.atomic(durable=True)
def record(parcel: Shipment, facts: Facts, *, version: int, actor: Actor) -> Shipment:
    """Write down what became of a parcel, if nobody else did since `version`.

    A day on which it was shipped makes it shipped, even before the provider says so.
    Raises Stale, or facts.Refused. Nothing new changes nothing.
    """
    locked = _lock(parcel, version)
    today = arrival.local_day(timezone.now())
    change = parcel_facts.change(locked, facts, today=today)
    if change.fields:
        told = [name for name in _ENDS if getattr(facts, name)]
        action = _ENDS[told[0]] if told else Action.SHIPMENT_TRACKED
        _write(locked, change, action=action, actor=actor)
    return locked


@transaction.atomic(durable=True)
def take_back(parcel: Shipment, *, version: int, actor: Actor) -> Shipment:
    """Undo that it arrived, came back, or was shipped before the provider said so.

    Raises Stale, or NothingToTakeBack.
    """
    locked = _lock(parcel, version)
    change = parcel_facts.taken_back(locked)
    if change is None:
        raise NothingToTakeBack
    _write(locked, change, action=Action.SHIPMENT_UNDONE, actor=actor)
    return locked


def _lock(parcel: Shipment, version: int) -> Shipment:
    """The parcel, behind its order, as it was on the screen."""
    lifecycle.lock(parcel.reward.order_id)
    parcels = Shipment.objects.select_for_update(of=("self",))
    locked = parcels.select_related("reward__order").get(pk=parcel.pk)
    if locked.version != version:
        raise Stale(locked)
    return locked


def _write(parcel: Shipment, change: Change, *, action: Action, actor: Actor) -> None:
    before = ShipmentStatus(parcel.status)
    change.apply(parcel)
    parcel.version += 1
    parcel.save(update_fields=["status", "version", *change.fields])
    journal.record(
        action,
        parcel,
        actor=actor,
        program_id=parcel.program_id,
        data={"fields": sorted(change.fields), "from": before, "to": change.status},
    )
