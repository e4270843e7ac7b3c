"""Addresses of cards in the post: for staff, and for people asked for an address."""

from django.urls import URLPattern, path

from orders.views import (
    address_answer,
    collecting,
    postal,
    shipment_acts,
    shipment_print,
    shipment_tracking,
    shipments,
)

_parcel = "shipments/<int:pk>/"
_collect = "orders/<slug:reference>/collect/"

urlpatterns: list[URLPattern] = [
    path("send/physical/", postal.postal_create, name="postal_create"),
    path(
        "send/physical/<slug:reference>/edit/",
        postal.postal_edit,
        name="postal_edit",
    ),
    path("shipments/", shipments.shipment_list, name="shipment_list"),
    path(
        "shipments/tracking/",
        shipment_tracking.shipments_tracking,
        name="shipments_tracking",
    ),
    path(_parcel, shipments.shipment_detail, name="shipment_detail"),
    path(f"{_parcel}track/", shipment_acts.shipment_track, name="shipment_track"),
    path(
        f"{_parcel}delivered/", shipment_acts.shipment_deliver, name="shipment_deliver"
    ),
    path(f"{_parcel}returned/", shipment_acts.shipment_return, name="shipment_return"),
    path(f"{_parcel}undo/", shipment_acts.shipment_undo, name="shipment_undo"),
    path(_collect, collecting.order_collect, name="order_collect"),
    path(f"{_collect}remind/", collecting.collect_remind, name="collect_remind"),
    path(f"{_collect}stop/", collecting.collect_stop, name="collect_stop"),
    path(
        f"{_collect}leave-out/",
        collecting.collect_leave_out,
        name="collect_leave_out",
    ),
    path("a/<str:token>", address_answer.address_answer, name="address_answer"),
    path("shipments/print/", shipment_print.shipments_print, name="shipments_print"),
    path(
        "shipments/addresses/",
        shipment_print.shipments_addresses,
        name="shipments_addresses",
    ),
]
