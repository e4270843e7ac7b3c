"""The result of an order of many: the list's own columns, and what became of each row.

Of triggered rewards, whose they are in place of a list's columns.
"""

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
from portal.money import Money
from programs.models import Sheet

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

# What is told of a reward that no list brought: its field, and the heading.
_WHOSE: Final = (
    ("award__event__event_id", gettext_lazy("Event")),
    ("recipient__name", gettext_lazy("Recipient")),
    ("email", gettext_lazy("E-mail")),
    ("phone", gettext_lazy("Mobile")),
    ("product__name", gettext_lazy("Product")),
    ("value_minor", gettext_lazy("Value")),
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
    columns = _columns(order)
    own = _PARCEL if order.is_postal else ()
    names = [*columns, *_names(), *(str(label) for _name, label in own)]
    return Export(names, rows(order))


def rows(order: Order) -> Iterator[list[str]]:
    """Every reward in the order of the list, a portion at a time in memory.

    Without a list, in the order they were triggered.
    """
    labels = {status.value: str(REWARD_STATES[status].label) for status in RewardStatus}
    parcel = (
        [f"shipment__{name}" for name, _label in _PARCEL] if order.is_postal else []
    )
    whose = ["row__cells"] if order.sheet else [name for name, _label in _WHOSE]
    found = order.rewards.order_by("row__number", "pk").values_list(
        "status",
        "sent_at",
        "claimed_at",
        "problem",
        "placement__po_number",
        "provider_line_id",
        *whose,
        *parcel,
    )
    for row in found.iterator(chunk_size=_AT_ONCE):
        status, sent, claimed, problem, number, line, *rest = row
        own, parcel_row = rest[: len(whose)], rest[len(whose) :]
        yield [
            *(_of_row(order.sheet, *own) if order.sheet else _of_event(order, *own)),
            labels[status],
            _utc(sent),
            _utc(claimed),
            problem,
            number or "",
            line,
            *_of_parcel(parcel_row),
        ]


def _columns(order: Order) -> list[str]:
    """Those of the list; without one, whose reward it is and for which event."""
    if order.sheet:
        return list(order.sheet.columns)
    return [str(label) for _name, label in _WHOSE]


def _names() -> list[str]:
    return [
        _("Status"),
        _("Sent"),
        _("Claimed"),
        _("Problem"),
        _("PONumber"),
        _("Provider line"),
    ]


def _of_row(sheet: Sheet, cells: Sequence[str] | None) -> list[str]:
    """The cells of the list's row, as many as it has columns."""
    width = len(sheet.columns)
    return [*(cells or ()), *[""] * width][:width]


def _of_event(order: Order, *told: Any) -> list[str]:
    """The cells below `_WHOSE`."""
    *texts, minor = told
    value = Money.of_minor(minor, order.currency)
    return [*(text or "" for text in texts), f"{value.amount:f}"]


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
