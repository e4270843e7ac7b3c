"""Parcels: the list of them, and one with everything that is known of it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from orders import history, postal
from orders.forms.shipments import ShipmentFilter
from orders.models import Order, Shipment
from orders.parcel_states import LATE, SHIPMENT_STATES, ShipmentStatus
from orders.shipments import facts, finding, overview
from portal.audit import timeline
from portal.audit.timeline import Event
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial
from programs import arrival
from programs.addresses.printing import label_lines

_TEMPLATE: Final = "orders/shipment_list.html"
_WORDS: Final[Mapping[str, Any]] = {
    "tracking_company": gettext_lazy("delivery company"),
    "tracking_number": gettext_lazy("tracking number"),
    "tracking_url": gettext_lazy("tracking link"),
    "shipped_on": gettext_lazy("shipped on"),
    "delivered_on": gettext_lazy("delivered on"),
    "returned_on": gettext_lazy("came back on"),
    "return_reason": gettext_lazy("reason"),
}


@requires(Permission.ORDERS_VIEW)
@require_safe
def shipment_list(request: StaffRequest) -> HttpResponse:
    """Parcels the person may see, newest first; late ones by how long they are."""
    form = ShipmentFilter(request.GET, access=request.access)
    parcels = Shipment.objects.reachable(request.access, Permission.ORDERS_VIEW)
    found = form.apply(parcels).select_related("reward__order", "method", "program")
    page = paging.keyset(found, request.GET, order=form.order)
    context = {
        "form": form,
        "page": page,
        "rows": overview.lines(page.rows),
        "columns": _columns(),
        "tabs": _tabs(request.GET, overview.counts(parcels)),
        "listed": form.listed,
        "is_filtered": form.is_filtered,
        "may_manage": request.access.anywhere(Permission.SHIPMENTS_MANAGE),
        "may_send": request.access.anywhere(Permission.ORDERS_CREATE),
    }
    return render(request, partial(request, _TEMPLATE, "rows"), context)


@requires(Permission.ORDERS_VIEW)
@require_safe
def shipment_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One parcel: its label, how it goes, how far it is, and what can be recorded."""
    parcel = parcel_of(request, pk, Permission.ORDERS_VIEW)
    access, order = request.access, parcel.reward.order
    address = postal.address_of(parcel)
    today = arrival.local_day(timezone.now())
    may_manage = access.allows(Permission.SHIPMENTS_MANAGE, parcel.program_id)
    back = facts.taken_back(parcel) if may_manage else None
    context: dict[str, Any] = {
        "parcel": parcel,
        "order": order,
        "label": label_lines(address, home="") if address else [],
        "arrives": overview.arrives(parcel),
        "flags": overview.flags(parcel, today),
        "events": _events(parcel, order),
        "acts": _acts(parcel) if may_manage else [],
        "takes_back": _undo_words(parcel) if back else "",
        "again_url": _again_url(request, parcel),
        "may_manage": may_manage,
        "may_see_recipients": access.allows(
            Permission.RECIPIENTS_VIEW, parcel.program_id
        ),
    }
    return render(request, "orders/shipment_detail.html", context)


def parcel_of(request: StaffRequest, pk: int, permission: Permission) -> Shipment:
    """A parcel in whose program this person holds the permission; else 404."""
    parcels = Shipment.objects.reachable(request.access, permission)
    related = parcels.select_related(
        "reward__order",
        "reward__placement",
        "reward__product",
        "reward__recipient",
        "method",
        "program",
        "overridden_by",
    )
    return get_object_or_404(related, pk=pk)


def _acts(parcel: Shipment) -> list[Mapping[str, str]]:
    """What can be recorded of the parcel as it is, as buttons; the usual one first."""
    if not facts.is_recordable(parcel):
        return []
    status = ShipmentStatus(parcel.status)
    is_done = status in (ShipmentStatus.DELIVERED, ShipmentStatus.RETURNED)
    acts = (
        ("shipment_track", _("Tracking number")),
        ("shipment_deliver", _("Delivered")),
        ("shipment_return", _("Came back")),
    )
    usual = "shipment_deliver" if parcel.tracking_number else "shipment_track"
    return [
        {
            "label": label,
            "url": reverse(f"orders:{name}", args=[parcel.pk]),
            "variant": "" if name == usual and not is_done else "secondary",
        }
        for name, label in acts
    ]


def _undo_words(parcel: Shipment) -> str:
    """What the button that takes the last record back says."""
    match ShipmentStatus(parcel.status):
        case ShipmentStatus.DELIVERED:
            return _("Not delivered after all")
        case ShipmentStatus.RETURNED:
            return _("Did not come back after all")
    return _("Not shipped after all")


def _again_url(request: StaffRequest, parcel: Shipment) -> str:
    """Where another card is posted in place of one that came back."""
    may_send = request.access.allows(Permission.ORDERS_CREATE, parcel.program_id)
    if parcel.status != ShipmentStatus.RETURNED or not may_send:
        return ""
    order = parcel.reward.order
    url = reverse("orders:postal_create")
    if order.shape == Order.Shape.SINGLE:
        return f"{url}?again={order.reference}"
    return f"{url}?recipient={parcel.reward.recipient_id}"


def _events(parcel: Shipment, order: Order) -> Sequence[Event]:
    """Acts on the order, on what it was placed by and on the parcel; newest first."""
    placement = parcel.reward.placement
    own = timeline.timeline(
        [("shipment", [parcel.pk])],
        describe=lambda entry: ", ".join(
            str(_WORDS[name]) for name in entry.data.get("fields", []) if name in _WORDS
        ),
    )
    others = history.timeline(order, [placement] if placement else [])
    return sorted([*own, *others], key=lambda event: event.at, reverse=True)


def _columns() -> list[dict[str, object]]:
    """The headings over templates/orders/_shipment_row.html."""
    return [
        {"label": _("Number")},
        {"label": _("To")},
        {"label": _("Program")},
        {"label": _("Status")},
        {"label": _("Shipping")},
        {"label": _("Arrival")},
    ]


def _tabs(query: QueryDict, counts: Mapping[str, int]) -> list[dict[str, object]]:
    """Every status, keeping the other filters; how many, where they are few."""
    chosen = query.get("status", "")
    shown = [("", _("All")), (finding.LATE, LATE.label)]
    shown += [(word.value, state.label) for word, state in SHIPMENT_STATES.items()]
    tabs: list[dict[str, object]] = []
    for status, label in shown:
        rest = _without(query, "after", "before", "status")
        if status:
            rest["status"] = status
        tabs.append(
            {
                "label": label,
                "url": f"?{rest.urlencode()}",
                "is_current": status == chosen,
                "count": counts.get(status),
            }
        )
    return tabs


def _without(query: QueryDict, *names: str) -> QueryDict:
    rest = query.copy()
    for name in names:
        rest.pop(name, None)
    return rest
