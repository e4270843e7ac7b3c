"""An order of many rewards on its page: counts, what failed, and what can be done."""

from collections.abc import Collection, Mapping
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.http import urlencode

from orders import batches, history, summary
from orders.bulk import counting, parcels, siblings, tallies
from orders.bulk.counting import Counted
from orders.links import summary as links_summary
from orders.models import Order, Placement, Reward
from orders.parcel_states import SHIPMENT_STATES
from orders.shipments import asking
from orders.states import (
    REWARD_STATES,
    OrderStatus,
    PlacementStatus,
    RewardStatus,
    State,
    Tone,
)
from orders.triggers import provenance
from orders.views import allowed, moving
from portal.money import Money
from portal.permissions import Permission
from portal.web.http import StaffRequest

_MOST_FAILURES = 10
_SENDING = (OrderStatus.PLACING, OrderStatus.NEEDS_ATTENTION)
_LOST = (RewardStatus.FAILED, RewardStatus.CANCELLED)
_RETRIED = (*_SENDING, OrderStatus.COMPLETED_WITH_FAILURES)


def page(request: StaffRequest, order: Order) -> dict[str, Any]:
    """Everything templates/orders/bulk_order.html shows; a fixed number of queries."""
    counted = counting.count(order)
    rewards = tallies.rewards(counted)
    # What was ordered has an estimate each; from today's, nobody would learn much.
    posted = parcels.of(counted, estimates=False)
    plan = tallies.plan(order) if order.approved_at else []
    acts = allowed.acts(request, order)
    acts |= _sending_acts(order, plan, acts)
    events = history.timeline(order, [])
    lost = rewards.of(*_LOST) if order.status in _RETRIED else 0
    parts = {part.status: part for part in plan}
    return {
        **acts,
        **_asked_for(counted, rewards, may_retry=bool(lost) and acts["may_send"]),
        "order": order,
        "provenance": provenance.of(order),
        "parcels": posted,
        "figures": _figures(order, rewards, posted),
        "done": _done(order, rewards),
        "failures": _failures(order) if lost else [],
        "lost": lost,
        "plan": plan,
        **_to_send(order, plan),
        "may_print": bool(plan)
        and order.is_postal
        and request.access.allows(Permission.SHIPMENTS_MANAGE, order.program_id),
        "waiting": _waiting(order) if PlacementStatus.NEEDS_ATTENTION in parts else [],
        "decisions": order.approvals.select_related("user").order_by("-pk")
        if order.submitted_at
        else [],
        "events": events,
        "seen": moving.seen(order, events, acts["may_undo"], *_marks(rewards, posted)),
        "is_moving": moving.is_moving(order, rewards.counts),
        "cost": tallies.charged(order, plan),
    }


def _asked_for(
    counted: Counted, rewards: tallies.Rewards, *, may_retry: bool
) -> dict[str, Any]:
    """The order in a few rows; of a list also its products, and what can be retried."""
    order = counted.order
    if order.shape == Order.Shape.LINKS:
        return {"rows": links_summary.rows(batches.wish_of(order))}
    return {
        "rows": summary.list_rows(order, rewards.reach.sentence),
        "collecting": asking.progress(order),
        "siblings": siblings.of(order),
        "lines": tallies.by_product(counted),
        "again": tallies.again(counted) if may_retry else None,
    }


def _sending_acts(
    order: Order, plan: Collection[tallies.Part], acts: Mapping[str, bool]
) -> dict[str, bool]:
    is_sending = acts["may_send"] and order.status in _SENDING
    has_unsent = any(part.status == PlacementStatus.READY for part in plan)
    return {
        "may_pause": is_sending and has_unsent and not order.is_paused,
        # Trying again continues as well.
        "may_continue": is_sending and order.is_paused and not acts["may_resume"],
        "may_stop": is_sending and has_unsent,
    }


def _to_send(order: Order, plan: Collection[tallies.Part]) -> dict[str, Money]:
    """The money on the buttons that send: what waits, and with what is unclear."""
    nothing = Money.of_minor(0, order.currency)
    parts = {part.status: part for part in plan}
    ready = parts.get(PlacementStatus.READY)
    unclear = parts.get(PlacementStatus.NEEDS_ATTENTION)
    held_back = ready.held if ready and order.is_paused else nothing
    return {
        "held_back": held_back,
        "resumed": held_back + (unclear.lacking if unclear else nothing),
    }


def _figures(
    order: Order, rewards: tallies.Rewards, posted: parcels.Parcels | None
) -> list[dict[str, object]]:
    """How many are where: rewards, or the parcels they are posted in."""
    url = reverse("orders:reward_list", args=[order.reference])
    counts: list[tuple[str, State, int]] = (
        [(word, SHIPMENT_STATES[word], n) for word, n in posted.stages.items()]
        if posted is not None
        else [(word, REWARD_STATES[word], n) for word, n in rewards.counts.items()]
    )
    return [
        {
            "label": state.label,
            "value": intcomma(count),
            "url": f"{url}?{urlencode({'status': str(word)})}",
            "tone": "err" if state.tone is Tone.ERR else "",
        }
        for word, state, count in counts
    ]


def _marks(
    rewards: tallies.Rewards, posted: parcels.Parcels | None
) -> list[tuple[str, int]]:
    """What tells one look at the figures from the next."""
    return [*rewards.counts.items(), *(posted.stages.items() if posted else ())]


def _done(order: Order, rewards: tallies.Rewards) -> int | None:
    """How many rewards the provider has answered for, while they are being sent."""
    if order.status != OrderStatus.PLACING:
        return None
    return order.rewards_count - rewards.of(RewardStatus.QUEUED, RewardStatus.PLACED)


def _failures(order: Order) -> list[Reward]:
    rewards = order.rewards.filter(status__in=_LOST)
    loaded = ["recipient", "product", "order", "row"]
    loaded += ["award__event"] if order.origin == Order.Origin.COLLECTED else []
    related = rewards.select_related(*loaded)
    # "failed" comes before "cancelled" this way round.
    return list(related.order_by("-status", "pk")[:_MOST_FAILURES])


def _waiting(order: Order) -> list[Placement]:
    """The first placements that wait for a person, each with its reason."""
    found = order.placements.filter(status=PlacementStatus.NEEDS_ATTENTION)
    return list(found.defer("body_ciphertext").order_by("pk")[:_MOST_FAILURES])
