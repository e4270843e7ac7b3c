"""Recording what became of one parcel, and taking it back."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from orders.forms.shipment_acts import DeliverForm, ReturnForm, TrackForm
from orders.models import Shipment
from orders.shipments import recording
from orders.shipments.facts import Refused, is_recordable
from orders.views.posted import version
from orders.views.shipments import parcel_of
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before

_TEMPLATE: Final = "orders/shipment_act.html"
_METHODS: Final = ["GET", "HEAD", "POST"]
_Form = TrackForm | DeliverForm | ReturnForm
# By form: the page's heading, its button, and what is said when it is done.
_PAGES: Final[dict[type[_Form], tuple[Any, Any, Any]]] = {
    TrackForm: (
        gettext_lazy("Tracking number of %(number)s"),
        gettext_lazy("Save the tracking number"),
        gettext_lazy("Saved."),
    ),
    DeliverForm: (
        gettext_lazy("%(number)s was delivered"),
        gettext_lazy("Record as delivered"),
        gettext_lazy("%(number)s is delivered."),
    ),
    ReturnForm: (
        gettext_lazy("%(number)s came back"),
        gettext_lazy("Record as returned"),
        gettext_lazy("%(number)s is returned. What to do next is below."),
    ),
}


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(_METHODS)
def shipment_track(request: StaffRequest, pk: int) -> HttpResponse:
    """The delivery company's number, and the day it was shipped on."""
    return _record(request, pk, TrackForm)


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(_METHODS)
def shipment_deliver(request: StaffRequest, pk: int) -> HttpResponse:
    """That it arrived, and on which day."""
    return _record(request, pk, DeliverForm)


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(_METHODS)
def shipment_return(request: StaffRequest, pk: int) -> HttpResponse:
    """That it came back, when and why."""
    return _record(request, pk, ReturnForm)


@requires(Permission.SHIPMENTS_MANAGE)
@require_POST
def shipment_undo(request: StaffRequest, pk: int) -> HttpResponse:
    """Take back that it arrived, came back or was shipped."""
    parcel = parcel_of(request, pk, Permission.SHIPMENTS_MANAGE)
    try:
        recording.take_back(parcel, version=version(request), actor=request.actor)
    except (recording.Stale, recording.NothingToTakeBack):
        parcel.refresh_from_db()
        context = {"parcel": parcel}
        return render(request, "orders/shipment_stale.html", context, status=409)
    messages.success(request, _("Taken back."))
    return see_other(request, "orders:shipment_detail", pk=pk)


def _record(request: StaffRequest, pk: int, kind: type[_Form]) -> HttpResponse:
    """The form of an act; its verb's refusals become errors of the form."""
    parcel = parcel_of(request, pk, Permission.SHIPMENTS_MANAGE)
    if not is_recordable(parcel):
        messages.info(request, _("There is nothing to record of it: see its status."))
        return see_other(request, "orders:shipment_detail", pk=pk)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = kind(data, parcel)
    heading, button, done = _PAGES[kind]
    words = {"number": parcel.number}
    page = {"parcel": parcel, "heading": heading % words, "button": button}
    if request.method != "POST":
        return render(request, _TEMPLATE, {**page, "form": form})
    if form.is_valid():
        try:
            _call(request, parcel, form)
        except recording.Stale as stale:
            return _stale(request, kind(data, stale.parcel), page)
        except Refused as refusal:
            form.refuse(refusal.problems)
        else:
            messages.success(request, done % words)
            return see_other(request, "orders:shipment_detail", pk=pk)
    return invalid(request, _TEMPLATE, {**page, "form": form})


def _call(request: StaffRequest, parcel: Shipment, form: _Form) -> None:
    seen = form.cleaned_data["version"]
    recording.record(parcel, form.facts, version=seen, actor=request.actor)


def _stale(request: StaffRequest, form: _Form, page: dict[str, Any]) -> HttpResponse:
    """409: the form with what was typed, beside what somebody else recorded."""
    changes = list(form.changes())
    context = {**page, "parcel": form.parcel, "form": form.renewed()}
    context |= {"is_stale": True, "changes": changes}
    return invalid(request, _TEMPLATE, context, status=409)
