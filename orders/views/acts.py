"""What a manager does with an order: check, submit, undo, cancel, resume."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from orders import approvals, attention, drafts, lifecycle, preview, summary
from orders.models import Order
from orders.states import EDITABLE
from orders.triggers import provenance
from orders.views import bulk, link_order, postal_order
from orders.views.posted import act, own_order, shown_amount, stale_page, version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from programs import budget


@requires(Permission.ORDERS_CREATE)
@require_safe
def order_check(request: StaffRequest, reference: str) -> HttpResponse:
    """The last look before submitting: every answer, the cost, who must approve."""
    order = own_order(request, reference)
    if order.status not in EDITABLE:
        return see_other(request, "orders:order_detail", reference=reference)
    if order.shape == Order.Shape.LIST:
        return bulk.check(request, order)
    return render(request, "orders/order_check.html", _check(order))


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_submit(request: StaffRequest, reference: str) -> HttpResponse:
    """Hold the budget and ask for approval, or send by rule."""
    order = own_order(request, reference)
    if order.status not in EDITABLE:
        # A double click: the first one did it.
        return see_other(request, "orders:order_detail", reference=reference)
    try:
        drafts.submit(
            order,
            version=version(request),
            actor=request.actor,
            shown=shown_amount(request, order),
        )
    except drafts.NotSubmittable as refusal:
        errors = [problem.message for problem in refusal.problems]
        return _refused(request, order, errors)
    except budget.OverBudget as refusal:
        errors = [
            _("%(program)s has %(available)s available; this needs %(wanted)s.")
            % {
                "program": order.program.name,
                "available": refusal.available,
                "wanted": refusal.wanted,
            }
        ]
        return _refused(request, order, errors)
    except lifecycle.StaleOrder as stale:
        if stale.order.status in EDITABLE:
            return stale_page(request, stale.order)
    return see_other(request, "orders:order_detail", reference=reference)


@requires(Permission.ORDERS_VIEW)
@require_POST
def order_undo(request: StaffRequest, reference: str) -> HttpResponse:
    """Take an order back while its hold runs; makers and approvers may."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    order = get_object_or_404(orders, reference=reference)
    entitled = (Permission.ORDERS_CREATE, Permission.ORDERS_APPROVE)
    if not any(request.access.allows(p, order.program_id) for p in entitled):
        raise Http404
    try:
        approvals.undo(order, actor=request.actor)
    except approvals.TooLateToUndo:
        messages.error(
            request, _("The hold is over: the order is on its way to the provider.")
        )
    else:
        messages.success(request, _("Undone. Nothing was sent, nothing was charged."))
    return see_other(request, "orders:order_detail", reference=reference)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_cancel(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask, then stop an order that has not reached the provider."""
    order = own_order(request, reference)
    if request.method == "GET":
        return render(request, "orders/order_cancel.html", {"order": order})
    return act(request, order, drafts.cancel, _("Cancelled. Its money is free again."))


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_resume(request: StaffRequest, reference: str) -> HttpResponse:
    """Send what waits for a person again, under the same PONumber."""
    order = own_order(request, reference)
    done = _("Trying again under the same PONumber.")
    return act(request, order, attention.resume, done)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_give_up(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask, then stop trying; the money is freed once nothing can still land."""
    order = own_order(request, reference)
    if request.method == "GET":
        context = {"order": order, "amount": attention.at_stake(order)}
        return render(request, "orders/order_give_up.html", context)
    return act(request, order, attention.give_up, _("Given up. Nothing more is sent."))


def _refused(request: StaffRequest, order: Order, errors: list[str]) -> HttpResponse:
    """The check page again, with what stands in the way."""
    if order.shape == Order.Shape.LIST:
        context = {**bulk.check_page(request, order), "errors": errors}
        return invalid(request, bulk.CHECK_TEMPLATE, context)
    context = {**_check(order), "errors": errors}
    return invalid(request, "orders/order_check.html", context)


def _check(order: Order) -> dict[str, object]:
    if order.shape == Order.Shape.LINKS:
        return link_order.check(order)
    if order.is_postal:
        return postal_order.check(order)
    reward = order.rewards.select_related("recipient", "product", "order").get()
    is_own = order.origin == Order.Origin.PERSON
    # What was triggered is what its rule says.
    edit_url = reverse("orders:order_edit", args=[order.reference]) if is_own else ""
    costs = preview.of_reward(order, reward)
    asks = _("Submit for approval: %(amount)s")
    label = asks if costs.needs_approval else _("Send for %(amount)s")
    return {
        "order": order,
        "provenance": provenance.of(order),
        "rows": summary.rows(order, reward, change_url=edit_url),
        "rows_title": _("The reward"),
        "edit_url": edit_url,
        "preview": costs,
        "submit_label": label % {"amount": costs.total},
    }
