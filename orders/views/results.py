"""A list with what became of each row, as a file to take away."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from orders.bulk import exporting
from orders.models import Order
from orders.views.downloads import download
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest


# POST, because each download is noted in the journal.
@requires(Permission.RECIPIENTS_VIEW)
@require_POST
def order_result(request: StaffRequest, reference: str, kind: str) -> HttpResponseBase:
    """The list's own columns and the results, as CSV or as a workbook."""
    reachable = Order.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    orders = reachable.of_shape(Order.Shape.LIST).select_related("program")
    order = get_object_or_404(orders, reference=reference)
    if kind not in ("csv", "xlsx"):
        raise Http404
    name = f"{order.po_number}.{kind}"
    exported = exporting.export(order, actor=request.actor)
    return download(name, exported.columns, exported.rows)
