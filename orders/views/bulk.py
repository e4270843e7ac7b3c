"""The last look at a list's order before it is submitted, and a test of its message."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from orders import preview, summary
from orders.bulk import counting, parcels, samples, siblings, tallies
from orders.models import Order
from orders.states import EDITABLE
from orders.triggers import provenance
from orders.views import message_sample
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, see_other
from programs.models import SheetRow

CHECK_TEMPLATE = "orders/bulk_check.html"


@requires(Permission.ORDERS_VIEW)
@require_POST
def order_test(request: StaffRequest, reference: str) -> HttpResponse:
    """Mail the signed-in person what one row's recipient would read."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    # What is posted is no message, and has no test.
    lists = orders.of_shape(Order.Shape.LIST).exclude(type=Order.Type.PHYSICAL)
    order = get_object_or_404(lists, reference=reference)
    sample = samples.at(order, message_sample.row_of(request.POST))
    if sample is not None:
        samples.send_test(sample.reward, actor=request.actor)
        messages.success(
            request,
            _("A test of row %(row)s is on its way to %(email)s.")
            % {"row": sample.row, "email": request.user.email},
        )
    page = "order_check" if order.status in EDITABLE else "approval_review"
    return see_other(request, f"orders:{page}", reference=reference)


def check(request: StaffRequest, order: Order) -> HttpResponse:
    """The check page of a list's order; while it fills, only how far it is."""
    if not order.is_filling:
        if request.htmx and request.GET.get("filling"):
            return HttpResponseClientRefresh()
        return render(request, CHECK_TEMPLATE, check_page(request, order))
    part = "#filling" if request.htmx else ""
    return render(request, f"{CHECK_TEMPLATE}{part}", {"order": order})


def check_page(request: StaffRequest, order: Order) -> dict[str, Any]:
    """Cost by product, budget, reach and one message; a fixed number of queries."""
    counted = counting.count(order)
    lines = tallies.by_product(counted)
    url = reverse("orders:order_check", args=[order.reference])
    return {
        "order": order,
        "lines": lines,
        "parcels": parcels.of(counted),
        "siblings": siblings.of(order),
        "may_send": True,
        "total": tallies.total(order, lines),
        "preview": preview.of_list(order, lines),
        "rows": summary.list_rows(order, tallies.rewards(counted).reach.sentence),
        "left": _left(order),
        "provenance": provenance.of(order),
        **message_sample.context(request, order, url=url),
    }


def _left(order: Order) -> int:
    """How many rows stay in the list because they have a problem; one query or none."""
    if order.sheet_id is None:
        return 0
    rows = SheetRow.objects.filter(sheet=order.sheet_id)
    return rows.filter(status=SheetRow.Status.PROBLEM).count()
