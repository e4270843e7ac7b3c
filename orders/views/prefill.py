"""What a new order's form starts with: the program's defaults, or the last time."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from orders.models import Order
from portal.permissions import Permission
from portal.web.http import StaffRequest
from portal.web.numbers import whole_number
from programs.models import Program

_Row = TypeVar("_Row", bound=Model)


def chosen(among: QuerySet[_Row], typed: str) -> _Row | None:
    """The row with this id, if these hold it."""
    number = whole_number(typed)
    return None if number is None else among.filter(pk=number).first()


def program(request: StaffRequest, among: QuerySet[Program]) -> Program | None:
    """The one ?program= names, else the one this person used last, else the oldest."""
    asked = chosen(among, request.GET.get("program", ""))
    return asked or _last_used(request, among) or among.order_by("pk").first()


def again(request: StaffRequest, type: Order.Type) -> Order | None:
    """The order ?again= names, if it is such a one and theirs to repeat."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    reference = request.GET.get("again", "")
    if not reference.isprintable():
        return None  # PostgreSQL raises on a NUL instead of finding nothing.
    return orders.filter(type=type, sheet=None, reference=reference).first()


def usual(request: StaffRequest, program: Program, type: Order.Type) -> Order | None:
    """What this person asked for last here: most people send the same one again.

    One by itself: no list begins with a form.
    """
    orders = Order.objects.filter(type=type, sheet=None, created_by=request.user)
    return orders.filter(program=program).order_by("-pk").first()


def _last_used(request: StaffRequest, among: QuerySet[Program]) -> Program | None:
    last = Order.objects.filter(created_by=request.user).order_by("-pk").first()
    return among.filter(pk=last.program_id).first() if last else None
