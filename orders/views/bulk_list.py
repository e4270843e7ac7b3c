"""From a checked list to its draft orders, and back."""

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from orders import lifecycle
from orders.bulk import filling, siblings
from orders.models import Order
from orders.states import EDITABLE
from orders.views.posted import own_order, stale_page, version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, partial, see_other
from programs.models import Sheet

_TEMPLATE = "orders/bulk_orders.html"


@requires(Permission.ORDERS_CREATE)
@require_POST
def bulk_begin(request: StaffRequest, pk: int) -> HttpResponse:
    """Make orders from the list's ready rows, and lead to where they are checked."""
    sheet = _list(request, pk)
    try:
        filling.begin(sheet, version=version(request), actor=request.actor)
    except filling.NotReady as refusal:
        messages.error(request, str(refusal))
        return see_other(request, "programs:sheet_detail", pk=pk)
    drafts = filling.editable(sheet)
    if len(drafts) == 1:
        return _to_the_one(request, drafts[0])
    return see_other(request, "orders:bulk_orders", pk=pk)


@requires(Permission.ORDERS_CREATE)
@require_safe
def bulk_orders(request: StaffRequest, pk: int) -> HttpResponse:
    """The list's orders side by side, each with its own check; one needs no page."""
    sheet = _list(request, pk)
    found = siblings.together(sheet)
    if len(found.siblings) == 1:
        return _to_the_one(request, found.siblings[0].order)
    context = {
        "sheet": sheet,
        "together": found,
        "may_send": True,
        "words": _progress(found) if found.is_filling else "",
    }
    return render(request, partial(request, _TEMPLATE, "orders"), context)


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


def _list(request: StaffRequest, pk: int) -> Sheet:
    lists = Sheet.objects.reachable(request.access).select_related("program")
    return get_object_or_404(lists.filter(purpose=Sheet.Purpose.REWARDS), pk=pk)


def _to_the_one(request: StaffRequest, order: Order) -> HttpResponse:
    page = "order_check" if order.status in EDITABLE else "order_detail"
    return see_other(request, f"orders:{page}", reference=order.reference)


def _progress(found: siblings.Together) -> str:
    words = ngettext(
        "%(done)s of %(planned)s row is in its order.",
        "%(done)s of %(planned)s rows are in their orders.",
        found.planned,
    )
    return words % {"done": intcomma(found.done), "planned": intcomma(found.planned)}
