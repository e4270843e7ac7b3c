"""What the acts on an order have in common: whose it is, and what was on the screen."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from orders import lifecycle
from orders.models import Order
from portal.money import Money
from portal.permissions import Permission
from portal.web.http import StaffRequest, see_other
from portal.web.numbers import whole_number


def own_order(request: StaffRequest, reference: str) -> Order:
    """An order this person may act on; else 404."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    related = orders.select_related("program", "sheet", "links")
    return get_object_or_404(related, reference=reference)


def version(request: HttpRequest) -> int:
    """The version that was on the screen; 0, which none has, for a form without it."""
    return _whole(request, "version", otherwise=0)


def shown_amount(request: HttpRequest, order: Order) -> Money:
    """The cost that was on the button; a form without it cannot be ours."""
    minor = _whole(request, "estimate", otherwise=-1)
    return Money.of_minor(minor, order.currency)


def act(
    request: StaffRequest, order: Order, verb: Callable[..., Order], done: str
) -> HttpResponse:
    """Call a verb that takes a version, and lead back to the order."""
    try:
        verb(order, version=version(request), actor=request.actor)
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        return stale_page(request, order)
    messages.success(request, done)
    return see_other(request, "orders:order_detail", reference=order.reference)


def stale_page(request: HttpRequest, order: Order) -> HttpResponse:
    """409: the order is not what was on the screen."""
    order.refresh_from_db()
    return render(request, "orders/order_stale.html", {"order": order}, status=409)


def _whole(request: HttpRequest, name: str, *, otherwise: int) -> int:
    number = whole_number(request.POST.get(name, ""))
    return otherwise if number is None else number
