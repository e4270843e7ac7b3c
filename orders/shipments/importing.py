"""Recording what a file says of many parcels, some at a time.

What somebody recorded since the plan was made is newer than the file, and stays. Each
batch is of one program and one entry of the journal, with a digest of the whole
file. Told again, it finds nothing to change.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.db import transaction
from django.utils import timezone

from orders.models import Order, Shipment
from orders.shipments import facts as parcel_facts
from orders.shipments.facts import Change, Facts, Refused
from orders.shipments.tracking_plan import Plan
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from programs import arrival
from programs.models import Program
from programs.sheets import loading

_COLUMNS: Final = (
    "tracking_company",
    "tracking_number",
    "tracking_url",
    "shipped_on",
    "delivered_on",
    "returned_on",
    "return_reason",
    "status",
)


class Told(NamedTuple):
    """What a file says of one parcel, as that was when the plan was made."""

    version: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class Done:
    """How many parcels were changed, and how many others were changed meanwhile."""

    recorded: int
    left_out: int


def carry_out(plan: Plan, *, actor: Actor) -> Done:
    """Do what the plan says, in batches of a program each."""
    told: dict[Program, dict[int, Told]] = defaultdict(dict)
    for step in plan.steps:
        parcel = step.parcel
        told[parcel.program][parcel.pk] = Told(parcel.version, step.facts)
    recorded = 0
    for program, by_parcel in told.items():
        ids = sorted(by_parcel)
        for start in range(0, len(ids), loading.step()):
            told_now = {pk: by_parcel[pk] for pk in ids[start : start + loading.step()]}
            recorded += record_many(program, told_now, digest=plan.digest, actor=actor)
    return Done(recorded, len(plan.steps) - recorded)


@transaction.atomic(durable=True)
def record_many(
    program: Program, told: Mapping[int, Told], *, digest: str, actor: Actor
) -> int:
    """Record what is told of parcels of a program, by their ids; how many that changed.

    A parcel of which somebody recorded something since, or of which this cannot be
    said any more, stays as it is.
    """
    today = arrival.local_day(timezone.now())
    changed = []
    for parcel in _lock(program, sorted(told)):
        version, said = told[parcel.pk]
        if parcel.version != version:
            continue
        try:
            change = parcel_facts.change(parcel, said, today=today)
        except Refused:
            continue
        if change.fields:
            changed.append((parcel, change))
    if changed:
        _write(program, changed, digest=digest, actor=actor)
    return len(changed)


def _lock(program: Program, ids: Sequence[int]) -> list[Shipment]:
    """The parcels, behind their orders, both in the order of their ids."""
    parcels = Shipment.objects.filter(program=program, pk__in=ids)
    orders = Order.objects.filter(pk__in=parcels.values("reward__order"))
    held = orders.select_for_update(of=("self",)).order_by("pk")
    list(held.values_list("pk", flat=True))
    related = parcels.select_related("reward__order").defer("reward__message")
    return list(related.select_for_update(of=("self",)).order_by("pk"))


def _write(
    program: Program,
    changed: Sequence[tuple[Shipment, Change]],
    *,
    digest: str,
    actor: Actor,
) -> None:
    rows = []
    for parcel, change in changed:
        change.apply(parcel)
        values = [getattr(parcel, name) for name in _COLUMNS]
        rows.append((parcel.pk, parcel.version + 1, *values))
    loading.change(Shipment, ("id", "version", *_COLUMNS), rows)
    fields = Counter(name for _parcel, change in changed for name in change.fields)
    journal.record(
        Action.SHIPMENTS_TRACKED,
        program,
        actor=actor,
        program_id=program.pk,
        data={"count": len(rows), "fields": dict(fields), "digest": digest},
    )
