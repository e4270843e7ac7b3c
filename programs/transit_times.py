"""How long shipping methods take: what people here found out, for estimates alone."""

from dataclasses import asdict, dataclass

from django.db import transaction

from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs.models import ShippingMethod, TransitTime


@dataclass(frozen=True, slots=True)
class Facts:
    """Business days on the way, and the hour, in the organisation's zone, from which
    on a card leaves only on the next business day.
    """

    least_days: int
    most_days: int
    cut_off_hour: int
    is_tracked: bool


@transaction.atomic(durable=True)
def enter(method: ShippingMethod, facts: Facts, *, actor: Actor) -> None:
    """Put these in place of what was entered before; the same again is no act."""
    locked = _lock(method)
    before = facts_of(locked)
    if facts == before:
        return
    TransitTime.objects.update_or_create(method=locked, defaults=asdict(facts))
    journal.record(
        Action.TRANSIT_TIME_ENTERED,
        locked,
        actor=actor,
        data={"before": asdict(before) if before else None, "after": asdict(facts)},
    )


@transaction.atomic(durable=True)
def remove(method: ShippingMethod, *, actor: Actor) -> None:
    """From now on there is no estimate for it; where there was none, it is no act."""
    locked = _lock(method)
    before = facts_of(locked)
    if before is None:
        return
    TransitTime.objects.filter(method=locked).delete()
    journal.record(
        Action.TRANSIT_TIME_REMOVED,
        locked,
        actor=actor,
        data={"before": asdict(before)},
    )


def facts_of(method: ShippingMethod) -> Facts | None:
    """What is entered for it, if anything is."""
    if (time := method.transit_time) is None:
        return None
    return Facts(time.least_days, time.most_days, time.cut_off_hour, time.is_tracked)


def _lock(method: ShippingMethod) -> ShippingMethod:
    return ShippingMethod.objects.select_for_update().get(pk=method.pk)
