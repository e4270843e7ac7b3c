"""What a manager does with a list's order on its way: pause, go on, stop, retry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orders import lifecycle
from orders.bulk import pausing, retrying, tallies
from orders.views.posted import act, own_order, shown_amount, stale_page, version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, see_other
from programs import budget


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_pause(request: StaffRequest, reference: str) -> HttpResponse:
    """Let nothing more go to the provider until somebody continues."""
    order = own_order(request, reference)
    done = _("Paused. What the provider has already goes on; the rest waits.")
    return act(request, order, pausing.pause, done)


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_continue(request: StaffRequest, reference: str) -> HttpResponse:
    """Send on what a pause held back."""
    order = own_order(request, reference)
    return act(request, order, pausing.resume, _("Sending goes on."))


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_stop(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask, then cancel what has not been sent; the rest runs on."""
    order = own_order(request, reference)
    if request.method == "GET":
        context = {"order": order, "unsent": tallies.unsent(order)}
        return render(request, "orders/order_stop.html", context)
    done = _("Stopped. What was not sent is cancelled, and its money is free again.")
    return act(request, order, pausing.stop, done)


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_retry(request: StaffRequest, reference: str) -> HttpResponse:
    """Send what failed again as it is, under a new PONumber."""
    order = own_order(request, reference)
    try:
        retrying.retry(
            order,
            version=version(request),
            actor=request.actor,
            shown=shown_amount(request, order),
        )
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        return stale_page(request, order)
    except retrying.NotAsApproved as refusal:
        messages.error(request, str(refusal))
    except budget.OverBudget as refusal:
        messages.error(
            request,
            _("%(program)s has %(available)s available; this needs %(wanted)s.")
            % {
                "program": order.program.name,
                "available": refusal.available,
                "wanted": refusal.wanted,
            },
        )
    else:
        messages.success(request, _("On its way again, under a new PONumber."))
    return see_other(request, "orders:order_detail", reference=reference)


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_correct(request: StaffRequest, reference: str) -> HttpResponse:
    """Give the rows of what failed back to the list, with the reasons."""
    order = own_order(request, reference)
    try:
        retrying.give_back(order, version=version(request), actor=request.actor)
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        return stale_page(request, order)
    messages.success(
        request, _("The rows that failed are in the list again, with the reasons.")
    )
    return see_other(request, "programs:sheet_rows", pk=order.sheet_id)
