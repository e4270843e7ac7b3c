"""A list with what became of each row, as a file to take away."""

from tempfile import TemporaryFile

from django.http import (
    FileResponse,
    Http404,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from orders.bulk import exporting
from orders.models import Order
from portal import tabular
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest


# POST, because each download is noted in the journal.
@requires(Permission.RECIPIENTS_VIEW)
@require_POST
def order_result(request: StaffRequest, reference: str, kind: str) -> HttpResponseBase:
    """The list's own columns and the results, as CSV or as a workbook."""
    orders = Order.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    order = get_object_or_404(orders, reference=reference, sheet__isnull=False)
    if kind not in ("csv", "xlsx"):
        raise Http404
    name = f"{order.po_number}.{kind}"
    exported = exporting.export(order, actor=request.actor)
    if kind == "csv":
        lines = tabular.csv_lines(exported.columns, exported.rows)
        response: HttpResponseBase = StreamingHttpResponse(
            lines, content_type="text/csv"
        )
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    workbook = TemporaryFile()  # noqa: SIM115  (the response closes it)
    tabular.write_xlsx(workbook, exported.columns, exported.rows)
    workbook.seek(0)
    return FileResponse(workbook, as_attachment=True, filename=name)
