"""Looking at orders: the list, and one order with everything that happened."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders import history, summary
from orders.forms.filters import OrderFilter
from orders.models import Order, Reward
from orders.triggers import provenance
from orders.views import allowed, bulk_order, moving, postal_order
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial


@requires(Permission.ORDERS_VIEW)
@require_safe
def order_list(request: StaffRequest) -> HttpResponse:
    """Every order the person may see, newest first."""
    form = OrderFilter(request.GET, access=request.access)
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    page = paging.keyset(
        form.apply(orders).select_related("program", "created_by", "sheet", "links"),
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
        orders.select_related("program", "created_by", "sheet", "links"),
        reference=reference,
    )
    if order.shape == Order.Shape.SINGLE:
        template, page = "orders/order_detail.html", _page(request, order)
    else:
        template, page = "orders/bulk_order.html", bulk_order.page(request, order)
    if request.htmx and request.GET.get("seen") == page["seen"]:
        # Nothing moved: what is open, selected or being read stays as it is.
        return HttpResponse(status=204)
    return render(request, partial(request, template, "order"), page)


def _page(request: StaffRequest, order: Order) -> dict[str, Any]:
    if order.is_postal:
        rewards = [postal_order.reward_of(order)]
    else:
        loaded = order.rewards.select_related("recipient", "product", "order")
        rewards = list(loaded.order_by("pk"))
    placements = list(order.placements.prefetch_related("attempts").order_by("pk"))
    acts = allowed.acts(request, order)
    parcels = [reward.shipment.pk for reward in rewards] if order.is_postal else []
    events = history.timeline(order, placements, parcels)
    page = postal_order.page if order.is_postal else _plain
    return {
        **acts,
        **page(order, rewards),
        "order": order,
        "provenance": provenance.of(order),
        "rewards": rewards,
        "placements": placements,
        "decisions": order.approvals.select_related("user").order_by("-pk"),
        "resumed": order.estimate,
        "events": events,
        "seen": moving.seen(order, events, acts["may_undo"]),
        "is_moving": moving.is_moving(order, {reward.status for reward in rewards}),
        "cost": history.cost_of(order, placements),
    }


def _plain(order: Order, rewards: Sequence[Reward]) -> dict[str, Any]:
    return {"summaries": [summary.rows(order, reward) for reward in rewards]}


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
