"""The long lists of an order: its rewards, and its placements."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.forms.rewards import RewardFilter
from orders.models import Order
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial


@requires(Permission.ORDERS_VIEW)
@require_safe
def reward_list(request: StaffRequest, reference: str) -> HttpResponse:
    """Every reward of the order, in the list's order, found by person or status."""
    order = _order(request, reference)
    form = RewardFilter(request.GET, is_postal=order.is_postal)
    loaded = ["recipient", "product", "order", "row"]
    loaded += ["shipment"] if order.is_postal else []
    loaded += ["award__event"] if order.origin == Order.Origin.COLLECTED else []
    rewards = order.rewards.select_related(*loaded)
    page = paging.keyset(form.apply(rewards), request.GET, order=("id",))
    template = "orders/reward_list.html"
    context = {
        "order": order,
        "form": form,
        "page": page,
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "may_see_recipients": request.access.allows(
            Permission.RECIPIENTS_VIEW, order.program_id
        ),
        "columns": [
            *_whose(order),
            {"label": _("Card")},
            *_since(order),
        ],
    }
    return render(request, partial(request, template, "rows"), context)


@requires(Permission.ORDERS_VIEW)
@require_safe
def placement_list(request: StaffRequest, reference: str) -> HttpResponse:
    """What was sent to the provider, request by request."""
    order = _order(request, reference)
    # The frozen body is long, and nobody reads it here.
    placements = order.placements.defer("body_ciphertext")
    page = paging.keyset(placements, request.GET, order=("id",))
    found = order.placements.filter(pk__in=[each.pk for each in page.rows]).order_by()
    counts = dict(found.values_list("pk").annotate(Count("rewards")))
    tries = dict(found.values_list("pk").annotate(Count("attempts")))
    context = {
        "order": order,
        "page": page,
        "rows": [
            {
                "placement": placement,
                "rewards": counts[placement.pk],
                "attempts": tries[placement.pk],
                "cost": _cost(order, placement.cost_minor),
            }
            for placement in page.rows
        ],
        "columns": [
            {"label": _("PONumber")},
            {"label": _("Status")},
            {"label": _("Rewards"), "numeric": True},
            {"label": _("Charged"), "numeric": True},
            {"label": _("Provider’s order")},
            {"label": _("Attempts"), "numeric": True},
        ],
    }
    return render(request, "orders/placement_list.html", context)


def _whose(order: Order) -> list[dict[str, object]]:
    """The first headings over templates/orders/_reward_row.html."""
    if order.shape == Order.Shape.LINKS:
        return [{"label": _("Line item")}]
    where = _("Goes to") if order.is_postal else _("Contact")
    made_from = _("Row") if order.sheet_id else _("Event")
    return [{"label": _("Recipient")}, {"label": made_from}, {"label": where}]


def _since(order: Order) -> list[dict[str, object]]:
    """And the last ones: what became of each."""
    if order.is_postal:
        return [{"label": _("Parcel")}, {"label": _("Status")}, {"label": _("Shipped")}]
    return [{"label": _("Status")}, {"label": _("Sent")}, {"label": _("Claimed")}]


def _order(request: StaffRequest, reference: str) -> Order:
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    related = orders.select_related("program", "sheet")
    return get_object_or_404(related, reference=reference)


def _cost(order: Order, minor: int | None) -> Money | None:
    return None if minor is None else Money.of_minor(minor, order.currency)
