"""The result of a list's order: the list's own columns, and what became of each row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.models.reward import parcel_number
from orders.parcel_states import SHIPMENT_STATES, ShipmentStatus
from orders.states import REWARD_STATES, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action

_AT_ONCE: Final = 2000
# What is told of a parcel: its field, and the heading.
_PARCEL: Final = (
    ("reward_id", gettext_lazy("Parcel")),
    ("status", gettext_lazy("Parcel status")),
    ("tracking_company", gettext_lazy("Tracking company")),
    ("tracking_number", gettext_lazy("Tracking number")),
    ("tracking_url", gettext_lazy("Tracking link")),
    ("shipped_on", gettext_lazy("Shipped on")),
    ("delivered_on", gettext_lazy("Delivered on")),
    ("returned_on", gettext_lazy("Returned on")),
)


@dataclass(frozen=True, slots=True)
class Export:
    """Names of columns, and rows that are read from the database as they are taken.

    Text as it was brought, so it has to go through `portal.tabular` into a file.
    """

    columns: Sequence[str]
    rows: Iterator[Sequence[str]]


@transaction.atomic(durable=True)
def export(order: Order, *, actor: Actor) -> Export:
    """What to write into the file; the journal has an entry before its first byte."""
    journal.record(
        Action.ORDER_EXPORTED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"sheet": order.sheet_id, "rewards": order.rewards_count},
    )
    columns = list(order.sheet.columns) if order.sheet else []
    own = _PARCEL if order.is_postal else ()
    names = [*columns, *_names(), *(str(label) for _name, label in own)]
    return Export(names, rows(order))


def rows(order: Order) -> Iterator[list[str]]:
    """Every reward in the order of the list, a portion at a time in memory."""
    width = len(order.sheet.columns) if order.sheet else 0
    labels = {status.value: str(REWARD_STATES[status].label) for status in RewardStatus}
    parcel = (
        [f"shipment__{name}" for name, _label in _PARCEL] if order.is_postal else []
    )
    found = order.rewards.order_by("row__number", "pk").values_list(
        "row__cells",
        "status",
        "sent_at",
        "claimed_at",
        "problem",
        "placement__po_number",
        "provider_line_id",
        *parcel,
    )
    for row in found.iterator(chunk_size=_AT_ONCE):
        cells, status, sent, claimed, problem, number, line, *parcel_row = row
        own = [*(cells or ()), *[""] * width]
        yield [
            *own[:width],
            labels[status],
            _utc(sent),
            _utc(claimed),
            problem,
            number or "",
            line,
            *_of_parcel(parcel_row),
        ]


def _names() -> list[str]:
    return [
        _("Status"),
        _("Sent"),
        _("Claimed"),
        _("Problem"),
        _("PONumber"),
        _("Provider line"),
    ]


def _of_parcel(told: Sequence[Any]) -> list[str]:
    """The cells of one row below `_PARCEL`; none for what is not posted."""
    if not told:
        return []
    reward_id, status, *texts = told
    state = SHIPMENT_STATES[ShipmentStatus(status)]
    return [
        parcel_number(reward_id),
        str(state.label),
        *(str(text) if text else "" for text in texts),
    ]


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
