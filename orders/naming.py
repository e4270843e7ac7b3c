"""How orders, links and parcels are called in the journal, and what the menu counts."""

from collections.abc import Collection, Mapping

from django.urls import reverse

from orders.models import Claim, LinkBatch, Order, Placement, Shipment
from orders.states import OrderStatus
from portal.audit import naming
from portal.audit.naming import Name
from portal.permissions import Permission
from portal.web.http import StaffRequest


def register() -> None:
    """Teach the journal's pages our names."""
    naming.register("order", _orders)
    naming.register("placement", _placements)
    naming.register("linkbatch", _batches)
    naming.register("claim", _claims)
    naming.register("shipment", _shipments)


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


def _batches(ids: Collection[str]) -> Mapping[str, Name]:
    found = LinkBatch.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(batch.pk): Name(
            batch.label, reverse("orders:links_detail", args=[batch.order.reference])
        )
        for batch in found.select_related("order")
    }


def _claims(ids: Collection[str]) -> Mapping[str, Name]:
    found = Claim.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    named = found.select_related("batch__order").defer("secret_ciphertext")
    return {
        str(claim.pk): Name(
            claim.code,
            reverse(
                "orders:link_detail", args=[claim.batch.order.reference, claim.code]
            ),
        )
        for claim in named
    }


def _shipments(ids: Collection[str]) -> Mapping[str, Name]:
    found = Shipment.objects.filter(pk__in=[i for i in ids if i.isdecimal()])
    return {
        str(parcel.pk): Name(
            parcel.number, reverse("orders:shipment_detail", args=[parcel.pk])
        )
        for parcel in found.only("reward_id")
    }


def _name(po_number: str, reference: str) -> Name:
    return Name(po_number, reverse("orders:order_detail", args=[reference]))
