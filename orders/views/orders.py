"""Looking at orders: the list, and one order with everything that happened."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders import approvals, attention, history, summary
from orders.forms.filters import OrderFilter
from orders.models import Order
from orders.states import EDITABLE, REWARD_FINAL, OrderStatus
from portal.audit.timeline import Event
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial

# In these an order waits for a person, so its page need not ask again and again.
_STILL = frozenset(
    {
        OrderStatus.DRAFT,
        OrderStatus.CHANGES_REQUESTED,
        OrderStatus.REJECTED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
    }
)
_CANCELLABLE = frozenset(
    {
        OrderStatus.DRAFT,
        OrderStatus.SUBMITTED,
        OrderStatus.CHANGES_REQUESTED,
        OrderStatus.APPROVED,
    }
)


@requires(Permission.ORDERS_VIEW)
@require_safe
def order_list(request: StaffRequest) -> HttpResponse:
    """Every order the person may see, newest first."""
    form = OrderFilter(request.GET, access=request.access)
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    page = paging.keyset(
        form.apply(orders).select_related("program", "created_by"),
        request.GET,
        order=("-created_at", "-id"),
    )
    history.add_first_rewards(page.rows)
    template = "orders/order_list.html"
    context = {
        "form": form,
        "page": page,
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "may_send": request.access.anywhere(Permission.ORDERS_CREATE),
        "columns": columns(),
    }
    return render(request, partial(request, template, "rows"), context)


@requires(Permission.ORDERS_VIEW)
@require_safe
def order_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """One order; the part that moves is asked for again by htmx."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    order = get_object_or_404(
        orders.select_related("program", "created_by"), reference=reference
    )
    template = partial(request, "orders/order_detail.html", "order")
    page = _page(request, order)
    if request.htmx and request.GET.get("seen") == page["seen"]:
        # Nothing moved: what is open, selected or being read stays as it is.
        return HttpResponse(status=204)
    return render(request, template, page)


def _page(request: StaffRequest, order: Order) -> dict[str, Any]:
    access, program_id = request.access, order.program_id
    rewards = list(
        order.rewards.select_related("recipient", "product", "order").order_by("pk")
    )
    placements = list(order.placements.prefetch_related("attempts").order_by("pk"))
    may_send = access.allows(Permission.ORDERS_CREATE, program_id)
    may_approve = access.allows(Permission.ORDERS_APPROVE, program_id)
    may_undo = order.can_be_undone() and (may_send or may_approve)
    events = history.timeline(order, placements)
    return {
        "order": order,
        "rewards": rewards,
        "placements": placements,
        "summaries": [summary.rows(order, reward) for reward in rewards],
        "decisions": order.approvals.select_related("user").order_by("-pk"),
        "events": events,
        "seen": _seen(order, events, is_held=may_undo),
        "is_moving": _is_moving(order, {reward.status for reward in rewards}),
        "may_edit": may_send and order.status in EDITABLE,
        "may_undo": may_undo,
        "may_cancel": may_send and order.status in _CANCELLABLE,
        "may_decide": may_approve
        and order.status == OrderStatus.SUBMITTED
        and not approvals.is_contributor(order, request.actor),
        "may_resume": may_send
        and order.status == OrderStatus.NEEDS_ATTENTION
        and bool(attention.waiting(order)),
        "may_settle": access.allows(Permission.BUDGET_MANAGE, program_id)
        and order.status == OrderStatus.NEEDS_ATTENTION,
        "may_send": may_send,
        "may_see_recipients": access.allows(Permission.RECIPIENTS_VIEW, program_id),
        "cost": history.cost_of(order, placements),
    }


def _is_moving(order: Order, rewards: set[str]) -> bool:
    if order.status in _STILL:
        return False
    return order.completed_at is None or not rewards <= REWARD_FINAL


def _seen(order: Order, events: Sequence[Event], *, is_held: bool) -> str:
    """Tells one look at the page from the next; all but the hold changes by an act."""
    latest = events[0].at.isoformat() if events else ""
    return f"{order.version} {latest} {is_held}"


def columns() -> list[dict[str, object]]:
    """The headings over templates/orders/_order_row.html."""
    return [
        {"label": _("PONumber")},
        {"label": _("Recipient")},
        {"label": _("Program")},
        {"label": _("Status")},
        {"label": _("Cost"), "numeric": True},
        {"label": _("Made")},
    ]
