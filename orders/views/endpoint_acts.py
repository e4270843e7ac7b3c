"""What is done with endpoints: added, changed, paused, tried out, replayed.

A secret is on the page that answers the button, and nowhere after it.
"""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from orders.forms.endpoints import EditEndpointForm, NewEndpointForm, ReplayForm
from orders.models import Delivery, Endpoint
from orders.views.endpoints import reach, reach_delivery
from orders.views.posted import version
from orders.webhooks import endpoints, replaying, signing
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before

_CREATE: Final = "orders/endpoint_create.html"
_EDIT: Final = "orders/endpoint_edit.html"
_ROTATE: Final = "orders/endpoint_rotate.html"
_REPLAY: Final = "orders/endpoint_replay.html"
_METHODS: Final = ["GET", "HEAD", "POST"]


@requires(Permission.ENDPOINTS_MANAGE)
@require_http_methods(_METHODS)
def endpoint_create(request: StaffRequest) -> HttpResponse:
    """A form for a new endpoint; the answer to it shows the secret, once."""
    is_sent = request.method == "POST"
    data = request.POST if is_sent else typed_before(request)
    form = NewEndpointForm(data, access=request.access)
    if not is_sent:
        return render(request, _CREATE, {"form": form})
    if form.is_valid():
        try:
            endpoint, secret = endpoints.add(
                form.cleaned_data["program"], form.wish, actor=request.actor
            )
            return _show(request, endpoint, secret)
        except endpoints.AddressTaken:
            form.refuse_taken()
    return invalid(request, _CREATE, {"form": form})


@requires(Permission.ENDPOINTS_MANAGE)
@require_http_methods(_METHODS)
def endpoint_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The same form for an endpoint that exists; its secret stays."""
    endpoint = reach(request, pk)
    is_sent = request.method == "POST"
    data = request.POST if is_sent else typed_before(request)
    form = EditEndpointForm(data, endpoint=endpoint)
    context: dict[str, object] = {"form": form, "endpoint": endpoint}
    if not is_sent:
        return render(request, _EDIT, context)
    if form.is_valid():
        shown = form.cleaned_data["version"]
        try:
            endpoints.edit(endpoint, form.wish, version=shown, actor=request.actor)
        except endpoints.Stale:
            return _stale(request, endpoint)
        except endpoints.AddressTaken:
            form.refuse_taken()
    if form.errors:
        return invalid(request, _EDIT, context)
    messages.success(request, _("The endpoint was changed. Its secret is the same."))
    return see_other(request, "orders:endpoint_detail", pk=pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def endpoint_pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Send nothing there for now."""
    endpoints.pause(reach(request, pk), actor=request.actor)
    messages.success(request, _("Paused. What happens meanwhile waits here."))
    return see_other(request, "orders:endpoint_detail", pk=pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def endpoint_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Send on, beginning with what waited."""
    endpoints.resume(reach(request, pk), actor=request.actor)
    messages.success(request, _("Resumed. What waited is sent now."))
    return see_other(request, "orders:endpoint_detail", pk=pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_http_methods(_METHODS)
def endpoint_rotate(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then show a new secret, once."""
    endpoint = reach(request, pk)
    if request.method != "POST":
        return render(request, _ROTATE, {"endpoint": endpoint})
    try:
        endpoint, secret = endpoints.rotate(
            endpoint, version=version(request), actor=request.actor
        )
    except endpoints.Stale:
        endpoint.refresh_from_db()
        errors = [_("The endpoint changed meanwhile. Look at it, then decide.")]
        context: dict[str, object] = {"endpoint": endpoint, "errors": errors}
        return invalid(request, _ROTATE, context, status=409)
    return _show(request, endpoint, secret)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def endpoint_test(request: StaffRequest, pk: int) -> HttpResponse:
    """Send a test event and lead to what comes of it."""
    try:
        delivery = endpoints.test(reach(request, pk), actor=request.actor)
    except endpoints.Paused:
        messages.error(request, _("It is paused. Resume it, then send a test event."))
        return see_other(request, "orders:endpoint_detail", pk=pk)
    return see_other(request, "orders:delivery_detail", pk=pk, delivery=delivery.pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_http_methods(_METHODS)
def endpoint_replay(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask what is meant, say how much that is, then send it again."""
    endpoint = reach(request, pk)
    data = request.POST or (request.GET if "which" in request.GET else None)
    form = ReplayForm(data)
    context: dict[str, object] = {"form": form, "endpoint": endpoint}
    if data is None:
        return render(request, _REPLAY, context)
    if not form.is_valid():
        return invalid(request, _REPLAY, context)
    meant = form.meant(endpoint)
    if request.method != "POST":
        return render(request, _REPLAY, context | {"count": meant.count()})
    _replay(request, endpoint, replaying.replay(endpoint, meant, actor=request.actor))
    return see_other(request, "orders:endpoint_detail", pk=pk)


@requires(Permission.ENDPOINTS_MANAGE)
@require_POST
def delivery_replay(request: StaffRequest, pk: int, delivery: int) -> HttpResponse:
    """Send one message again, under its own id."""
    found = reach_delivery(request, pk, delivery)
    only = Delivery.objects.filter(pk=found.pk)
    count = replaying.replay(found.endpoint, only, actor=request.actor)
    _replay(request, found.endpoint, count)
    return see_other(request, "orders:delivery_detail", pk=pk, delivery=delivery)


def _replay(request: StaffRequest, endpoint: Endpoint, count: int) -> None:
    said = ngettext(
        "%(count)s message is sent again, under the same id.",
        "%(count)s messages are sent again, under the same ids.",
        count,
    )
    if not endpoint.is_active:
        said = ngettext(
            "%(count)s message waits until the endpoint is resumed.",
            "%(count)s messages wait until the endpoint is resumed.",
            count,
        )
    messages.success(request, said % {"count": count})


def _show(request: StaffRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    """The one page that holds a secret; no cache keeps it."""
    context = {"endpoint": endpoint, "secret": secret, "example": signing.EXAMPLE}
    response = render(request, "orders/endpoint_secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _stale(request: StaffRequest, endpoint: Endpoint) -> HttpResponse:
    """What was typed, against what is stored now; saving again decides."""
    endpoint.refresh_from_db()
    data = request.POST.copy()
    data["version"] = str(endpoint.version)
    form = EditEndpointForm(data, endpoint=endpoint)
    form.is_valid()
    context: dict[str, object] = {
        "form": form,
        "endpoint": endpoint,
        "is_stale": True,
        "changes": form.differences(),
    }
    return invalid(request, _EDIT, context, status=409)
