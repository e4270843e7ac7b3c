"""How orders are called in the journal and counted in the menu."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from orders.models import Order, Placement
from orders.states import OrderStatus
from portal.audit import naming
from portal.audit.naming import Name
from portal.permissions import Permission
from portal.web.http import StaffRequest


def register() -> None:
    """Teach the journal's pages our names."""
    naming.register("order", _orders)
    naming.register("placement", _placements)


def waiting_for(request: StaffRequest) -> int:
    """Orders this person may decide on: those they had no hand in."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_APPROVE)
    waiting = orders.with_status(OrderStatus.SUBMITTED)
    return waiting.exclude(contributors__user_id=request.user.pk).count()


def _orders(ids: Collection[str]) -> Mapping[str, Name]:
    found = Order.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {str(order.pk): _name(order.po_number, order.reference) for order in found}


def _placements(ids: Collection[str]) -> Mapping[str, Name]:
    found = Placement.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(placement.pk): _name(placement.po_number, placement.order.reference)
        for placement in found.select_related("order")
    }


def _name(po_number: str, reference: str) -> Name:
    return Name(po_number, reverse("orders:order_detail", args=[reference]))
