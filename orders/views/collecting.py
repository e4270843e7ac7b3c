"""Asking recipients for their addresses, as staff see it: ask, remind, stop."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from orders import lifecycle
from orders.forms.collecting import CollectForm
from orders.models import Order
from orders.shipments import asking, ending, reminding
from orders.states import EDITABLE
from orders.views.posted import act, own_order, stale_page, version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.numbers import whole_number

_TEMPLATE = "orders/collect.html"


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def order_collect(request: StaffRequest, reference: str) -> HttpResponse:
    """Who would be asked and until when, and the button that asks them."""
    order = _postal(request, reference)
    if order.status not in EDITABLE:
        # A double click: the first one did it.
        return see_other(request, "orders:order_detail", reference=reference)
    missing = ending.without_address(order)
    confirms = not missing or bool(request.POST.get("confirm", request.GET.get("all")))
    start = {
        "last_day": asking.usual_day(),
        "version": order.version,
        "confirm": confirms,
    }
    form = CollectForm(request.POST or None, initial=start)
    page = {
        "order": order,
        "form": form,
        "plan": asking.plan(order, confirms=confirms),
        "confirms": confirms,
        "missing": missing,
    }
    if request.method != "POST":
        return render(request, _TEMPLATE, page)
    if not form.is_valid():
        return invalid(request, _TEMPLATE, page)
    try:
        asking.ask(
            order,
            version=form.cleaned_data["version"] or 0,
            actor=request.actor,
            until=form.until,
            confirms=confirms,
        )
    except asking.Refused as refusal:
        return invalid(request, _TEMPLATE, {**page, "errors": [str(refusal)]})
    except lifecycle.StaleOrder:
        return stale_page(request, order)
    messages.success(request, _("They are asked by e-mail. The order waits for them."))
    return see_other(request, "orders:order_detail", reference=reference)


@requires(Permission.ORDERS_CREATE)
@require_POST
def collect_remind(request: StaffRequest, reference: str) -> HttpResponse:
    """Write once more to those who have not answered."""
    order = _postal(request, reference)
    try:
        return act(request, order, reminding.remind, _("Reminders are on their way."))
    except asking.Refused as refusal:
        messages.info(request, str(refusal))
    return see_other(request, "orders:order_detail", reference=reference)


@requires(Permission.ORDERS_CREATE)
@require_POST
def collect_stop(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask no longer; the order is a draft again."""
    order = _postal(request, reference)
    return act(request, order, ending.stop, _("Stopped. The links open nothing now."))


@requires(Permission.ORDERS_CREATE)
@require_POST
def collect_leave_out(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the rows without an address back to the list."""
    order = _postal(request, reference)
    count = whole_number(request.POST.get("count", "")) or 0
    try:
        ending.leave_out(
            order, count=count, version=version(request), actor=request.actor
        )
    except lifecycle.StaleOrder:
        return stale_page(request, order)
    said = ngettext(
        "%(n)s row is in the list again.", "%(n)s rows are in the list again.", count
    )
    messages.success(request, said % {"n": f"{count:,}"})
    return see_other(request, "orders:order_check", reference=reference)


def _postal(request: StaffRequest, reference: str) -> Order:
    order = own_order(request, reference)
    if not order.is_postal:
        raise Http404
    return order
