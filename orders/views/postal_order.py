"""One card in the post on the pages of its order: before it goes, and on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import checks, estimates, preview
from orders.models import Order, Reward, Shipment
from orders.parcel_states import ShipmentStatus
from orders.shipments import asking, overview, summary
from orders.states import State
from programs import arrival, shipping
from programs.arrival import Window


def reward_of(order: Order) -> Reward:
    """The order's only reward with all that its pages tell of it."""
    loaded = order.rewards.select_related(
        "recipient",
        "product",
        "order__program",
        "shipment__method__transit",
        "shipment__overridden_by",
    )
    return loaded.get()


def check(order: Order) -> dict[str, Any]:
    """What templates/orders/order_check.html shows of it."""
    reward = reward_of(order)
    costs = preview.of_parcel(order, reward)
    window = estimates.expected(reward.shipment)
    edit_url = reverse("orders:postal_edit", args=[order.reference])
    asks = _("Submit for approval: %(amount)s")
    label = asks if costs.needs_approval else _("Order for %(amount)s")
    return {
        "order": order,
        "rows": summary.rows(order, reward, window, change_url=edit_url),
        "rows_title": _("The card"),
        "edit_url": edit_url,
        "preview": costs,
        "budget_before": order.program.available,
        "warning": _lateness(reward.shipment, window),
        "missing": 0 if reward.shipment.has_address else 1,
        "may_be_asked": bool(reward.email) or not reward.shipment.has_address,
        "submit_label": label % {"amount": costs.total},
    }


def review(order: Order) -> dict[str, Any]:
    """What templates/orders/approval_review.html shows of it."""
    reward = reward_of(order)
    window = estimates.expected(reward.shipment)
    asks = _("%(person)s asks to post %(card)s for %(amount)s from %(program)s.")
    return {
        "request_line": asks
        % {
            "person": order.created_by.name,
            "card": f"{reward.quantity} × {reward.product.name} {reward.value}",
            "amount": order.estimate,
            "program": order.program.name,
        },
        "rows": summary.rows(order, reward, window),
        "preview": preview.of_parcel(order, reward, is_held=True),
        "budget_before": order.program.available + order.estimate,
        "checks": checks.of_parcel(order, reward, window),
    }


@dataclass(frozen=True, slots=True)
class Post:
    """The parcel on the page of its order."""

    parcel: Shipment
    arrives: str
    flags: Sequence[State]
    # That it is expected too late or nobody knows when, while that can be changed.
    warning: str


def page(order: Order, rewards: Sequence[Reward]) -> dict[str, Any]:
    """What templates/orders/order_detail.html shows besides, of its only reward."""
    (reward,) = rewards
    parcel = reward.shipment
    window = estimates.expected(parcel)
    is_open = parcel.status == ShipmentStatus.PLANNED
    return {
        "summaries": [summary.rows(order, reward, window)],
        "collecting": asking.progress(order),
        "post": Post(
            parcel=parcel,
            arrives=estimates.in_words(window),
            flags=overview.flags(parcel, arrival.local_day(timezone.now())),
            warning=_lateness(parcel, window) if is_open else "",
        ),
    }


def _lateness(parcel: Shipment, window: Window | None) -> str:
    if shipping.is_in_time(window, parcel.needed_by):
        return ""
    return _(
        "It is needed by %(day)s. Estimated arrival: %(arrival)s. A faster method may "
        "be in time."
    ) % {
        "day": estimates.day_needed(parcel),
        "arrival": estimates.in_words(window),
    }
