"""From a checked list to a draft order, and back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orders import lifecycle
from orders.bulk import filling
from orders.states import EDITABLE
from orders.views.posted import own_order, stale_page, version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, see_other
from programs.models import Sheet


@requires(Permission.ORDERS_CREATE)
@require_POST
def bulk_begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Make an order from the list's ready rows, and lead to its check page."""
    lists = Sheet.objects.reachable(request.access)
    sheet = get_object_or_404(lists.filter(purpose=Sheet.Purpose.REWARDS), pk=pk)
    try:
        order = filling.begin(sheet, version=version(request), actor=request.actor)
    except filling.NotReady as refusal:
        messages.error(request, str(refusal))
        return see_other(request, "programs:sheet_detail", pk=pk)
    return see_other(request, "orders:order_check", reference=order.reference)


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_reopen(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the rows back to the list, to change them there."""
    order = own_order(request, reference)
    if order.sheet_id is None or order.status not in EDITABLE:
        return stale_page(request, order)
    try:
        filling.reopen(order, version=version(request), actor=request.actor)
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        return stale_page(request, order)
    messages.success(request, _("Back in the list. Continue there when it is right."))
    return see_other(request, "programs:sheet_rows", pk=order.sheet_id)
