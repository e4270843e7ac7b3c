"""The way out of an order whose fate only a person could find out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders import attention, lifecycle
from orders.forms.settling import SettleForm
from orders.models import Order
from orders.states import OrderStatus
from orders.views.posted import stale_page
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from programs import budget

_TEMPLATE = "orders/order_settle.html"


@requires(Permission.BUDGET_MANAGE)
@require_http_methods(["GET", "POST"])
def order_settle(request: StaffRequest, reference: str) -> HttpResponse:
    """Book what the provider charged, or that it never got the order."""
    orders = Order.objects.reachable(request.access, Permission.BUDGET_MANAGE)
    order = get_object_or_404(orders.select_related("program"), reference=reference)
    if order.status != OrderStatus.NEEDS_ATTENTION:
        return see_other(request, "orders:order_detail", reference=reference)
    if request.method == "GET":
        form = SettleForm(initial={"version": order.version}, order=order)
        return render(request, _TEMPLATE, {"order": order, "form": form})
    form = SettleForm(request.POST, order=order)
    if form.is_valid() and (stale := _settle(request, order, form)):
        return stale
    if form.errors:
        return invalid(request, _TEMPLATE, {"order": order, "form": form})
    messages.success(request, _("Settled. The ledger shows it."))
    return see_other(request, "orders:order_detail", reference=reference)


def _settle(
    request: StaffRequest, order: Order, form: SettleForm
) -> HttpResponse | None:
    """Call the verb; its refusals become errors of the form."""
    try:
        attention.settle(
            order,
            placement_id=form.placement_id,
            charged=form.charged,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
            actor=request.actor,
        )
    except lifecycle.StaleOrder as stale:
        return stale_page(request, stale.order)
    except attention.TooEarly as early:
        at = date_format(localtime(early.at), "j M Y, H:i")
        text = _("An attempt may still reach the provider. Try again after %(at)s.")
        form.add_error("outcome", text % {"at": at})
    except attention.AtTheProvider:
        text = _("The provider has this order. Say what it charged, if anything.")
        form.add_error("outcome", text)
    except budget.OverBudget as over:
        text = _("The budget has %(available)s left for this. Add funds first.")
        form.add_error("amount", text % {"available": over.available})
    return None
