"""Other systems that are told: the list, one with its log, one delivery of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.forms.endpoints import DeliveryFilter
from orders.models import Delivery, Endpoint, Kind
from orders.webhooks import overview, signing
from portal.audit.timeline import timeline
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial


@requires(Permission.ENDPOINTS_MANAGE)
@require_safe
def endpoint_list(request: StaffRequest) -> HttpResponse:
    """The endpoints of the programs this person manages them in, newest first."""
    found = Endpoint.objects.reachable(request.access, Permission.ENDPOINTS_MANAGE)
    page = paging.keyset(found.select_related("program"), request.GET, order=("-id",))
    context = {
        "page": page,
        "rows": overview.lines(page.rows),
        "columns": [
            {"label": _("Name")},
            {"label": _("Program")},
            {"label": _("Address")},
            {"label": _("Status")},
            {"label": _("Last 24 hours")},
        ],
    }
    return render(
        request, partial(request, "orders/endpoint_list.html", "rows"), context
    )


@requires(Permission.ENDPOINTS_MANAGE)
@require_safe
def endpoint_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One endpoint: what it is told, how to verify it, and all that was sent."""
    endpoint = reach(request, pk)
    form = DeliveryFilter(request.GET)
    sent = form.apply(Delivery.objects.filter(endpoint=endpoint))
    related = sent.select_related("announcement__order")
    page = paging.keyset(related, request.GET, order=("-id",))
    context = {
        "endpoint": endpoint,
        "state": overview.state_of(endpoint),
        "kinds": [str(Kind(kind).label) for kind in endpoint.kinds],
        "figures": _figures(overview.health_of(endpoint)),
        "example": signing.EXAMPLE,
        "actions": _actions(endpoint),
        "events": timeline([("endpoint", [endpoint.pk])], most=10),
        "form": form,
        "is_filtered": form.is_filtered,
        "page": page,
        "rows": [(each, overview.state_of_delivery(each)) for each in page.rows],
        "columns": [
            {"label": _("What")},
            {"label": _("Order")},
            {"label": _("When")},
            {"label": _("Attempts"), "numeric": True},
            {"label": _("Status")},
        ],
    }
    template = partial(request, "orders/endpoint_detail.html", "rows")
    return render(request, template, context)


@requires(Permission.ENDPOINTS_MANAGE)
@require_safe
def delivery_detail(request: StaffRequest, pk: int, delivery: int) -> HttpResponse:
    """One message: what is in it, its signature, and every attempt to deliver it."""
    found = reach_delivery(request, pk, delivery)
    attempts = list(found.attempts.order_by("-pk")[: paging.SIZE])
    context: dict[str, Any] = {
        "delivery": found,
        "endpoint": found.endpoint,
        "told": found.announcement,
        "state": overview.state_of_delivery(found),
        "is_moving": _is_moving(found),
        "attempts": attempts,
        "headers": _headers(found, attempts[0].at) if attempts else "",
        "example": signing.EXAMPLE,
    }
    template = partial(request, "orders/delivery_detail.html", "outcome")
    return render(request, template, context)


def reach(request: StaffRequest, pk: int) -> Endpoint:
    """An endpoint of a program in which this person manages them; else 404."""
    found = Endpoint.objects.reachable(request.access, Permission.ENDPOINTS_MANAGE)
    return get_object_or_404(found.select_related("program"), pk=pk)


def reach_delivery(request: StaffRequest, pk: int, delivery: int) -> Delivery:
    """A delivery of such an endpoint; else 404."""
    found = Delivery.objects.filter(endpoint=reach(request, pk))
    related = found.select_related("endpoint__program", "announcement__order")
    return get_object_or_404(related, pk=delivery)


def _actions(endpoint: Endpoint) -> list[dict[str, str]]:
    acts = (
        (_("Edit"), "endpoint_edit", ""),
        (_("New secret"), "endpoint_rotate", "arrow-path"),
        (_("Replay"), "endpoint_replay", "arrow-uturn-right"),
    )
    return [
        {
            "label": label,
            "url": reverse(f"orders:{name}", args=[endpoint.pk]),
            "icon": icon,
        }
        for label, name, icon in acts
    ]


def _figures(health: overview.Health) -> list[dict[str, object]]:
    return [
        {"label": _("Delivered"), "value": health.delivered},
        {"label": _("Waiting"), "value": health.waiting},
        {
            "label": _("Given up"),
            "value": health.failed,
            "tone": "err" if health.failed else "",
        },
    ]


def _is_moving(delivery: Delivery) -> bool:
    """Whether its first attempt, or the first of a replay, is about to be made."""
    is_new = delivery.status == Delivery.Status.WAITING and delivery.endpoint.is_active
    tried = delivery.attempts.filter(at__gte=delivery.tried_since)
    return is_new and not tried.exists()


def _headers(delivery: Delivery, at: Any) -> str:
    """The headers of an attempt, as the secrets in force sign it."""
    told = signing.headers(delivery.endpoint, delivery.announcement, at)
    return "\n".join(f"{name}: {value}" for name, value in told.items())
