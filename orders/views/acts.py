"""What a manager does with an order: check, submit, undo, cancel, resume."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
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
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.numbers import whole_number
from programs import budget


@requires(Permission.ORDERS_CREATE)
@require_safe
def order_check(request: StaffRequest, reference: str) -> HttpResponse:
    """The last look before submitting: every answer, the cost, who must approve."""
    order = _own(request, reference)
    if order.status not in EDITABLE:
        return see_other(request, "orders:order_detail", reference=reference)
    return render(request, "orders/order_check.html", _check(order))


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_submit(request: StaffRequest, reference: str) -> HttpResponse:
    """Hold the budget and ask for approval, or send by rule."""
    order = _own(request, reference)
    if order.status not in EDITABLE:
        # A double click: the first one did it.
        return see_other(request, "orders:order_detail", reference=reference)
    try:
        drafts.submit(
            order,
            version=_version(request),
            actor=request.actor,
            shown=_shown(request, order),
        )
    except drafts.NotSubmittable as refusal:
        errors = [problem.message for problem in refusal.problems]
        context = {**_check(order), "errors": errors}
        return invalid(request, "orders/order_check.html", context)
    except budget.OverBudget as refusal:
        errors = [
            _("%(program)s has %(available)s available; this needs %(wanted)s.")
            % {
                "program": order.program.name,
                "available": refusal.available,
                "wanted": refusal.wanted,
            }
        ]
        context = {**_check(order), "errors": errors}
        return invalid(request, "orders/order_check.html", context)
    except lifecycle.StaleOrder as stale:
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
    order = _own(request, reference)
    if request.method == "GET":
        return render(request, "orders/order_cancel.html", {"order": order})
    return _act(request, order, drafts.cancel, _("Cancelled. Its money is free again."))


@requires(Permission.ORDERS_CREATE)
@require_POST
def order_resume(request: StaffRequest, reference: str) -> HttpResponse:
    """Send what waits for a person again, under the same PONumber."""
    order = _own(request, reference)
    done = _("Trying again under the same PONumber.")
    return _act(request, order, attention.resume, done)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_give_up(request: StaffRequest, reference: str) -> HttpResponse:
    """Ask, then stop trying; the money is freed once nothing can still land."""
    order = _own(request, reference)
    if request.method == "GET":
        return render(request, "orders/order_give_up.html", {"order": order})
    return _act(request, order, attention.give_up, _("Given up. Nothing more is sent."))


def stale_page(request: HttpRequest, order: Order) -> HttpResponse:
    """409: the order is not what was on the screen."""
    order.refresh_from_db()
    return render(
        request,
        "orders/order_stale.html",
        {"order": order},
        status=409,
    )


def _act(
    request: StaffRequest, order: Order, verb: Callable[..., Order], done: str
) -> HttpResponse:
    try:
        verb(order, version=_version(request), actor=request.actor)
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        return stale_page(request, order)
    messages.success(request, done)
    return see_other(request, "orders:order_detail", reference=order.reference)


def _own(request: StaffRequest, reference: str) -> Order:
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    return get_object_or_404(orders.select_related("program"), reference=reference)


def _version(request: HttpRequest) -> int:
    return _whole(request, "version", otherwise=0)


def _shown(request: HttpRequest, order: Order) -> Money:
    """The cost that was on the button; a form without it cannot be ours."""
    minor = _whole(request, "estimate", otherwise=-1)
    return Money.of_minor(minor, order.currency)


def _whole(request: HttpRequest, name: str, *, otherwise: int) -> int:
    number = whole_number(request.POST.get(name, ""))
    return otherwise if number is None else number


def _check(order: Order) -> dict[str, object]:
    reward = order.rewards.select_related("recipient", "product", "order").get()
    edit_url = reverse("orders:order_edit", args=[order.reference])
    return {
        "order": order,
        "rows": summary.rows(order, reward, change_url=edit_url),
        "edit_url": edit_url,
        "preview": preview.of_reward(order, reward),
    }
