"""What is done with events: replayed, one or many, and taken out as a file."""

from typing import Final

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orders.forms.events import EventFilter
from orders.forms.replays import ReplayForm
from orders.models import Event
from orders.triggers import deciding, exporting, replaying
from orders.views.downloads import download
from orders.views.events import event_of
from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other

_EXPORT: Final = "orders/events_export.html"
_REPLAY: Final = "orders/events_replay.html"


@requires(Permission.EVENTS_REPLAY)
@require_http_methods(["GET", "POST"])
def event_replay(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what a replay would newly send, then ask the rules of now."""
    event = event_of(request, pk, Permission.EVENTS_REPLAY)
    if not replaying.can_be_replayed(event):
        raise Http404
    if request.method == "GET":
        context = {"event": event, "outlook": replaying.outlook_of(event)}
        return render(request, "orders/event_replay.html", context)
    deciding.replay(event.pk, actor=request.actor)
    messages.success(request, _("Replayed. Below is what the rules say now."))
    return see_other(request, "orders:event_detail", pk=pk)


@requires(Permission.EVENTS_REPLAY)
@require_http_methods(["GET", "POST"])
def events_replay(request: StaffRequest) -> HttpResponse:
    """The same for all that came to nothing since a time: look first, then press."""
    asked = (request.GET or None) if request.method == "GET" else request.POST
    form = ReplayForm(asked, access=request.access)
    if not form.is_bound:
        return render(request, _REPLAY, {"form": form})
    if not form.is_valid():
        return invalid(request, _REPLAY, {"form": form})
    if request.method == "GET":
        context = {"form": form, "outlook": replaying.outlook(**form.wanted)}
        return render(request, _REPLAY, context)
    count = replaying.replay_since(**form.wanted, actor=request.actor)
    said = ngettext(
        "%(count)s event is being replayed.",
        "%(count)s events are being replayed.",
        count,
    )
    messages.success(request, said % {"count": intcomma(count)})
    return see_other(request, "orders:event_list")


@requires(Permission.EVENTS_EXPORT)
@require_http_methods(["GET", "POST"])
def events_export(request: StaffRequest) -> HttpResponseBase:
    """What the list shows as a file, as often as needed; the journal notes each."""
    return _export(request)


@step_up
def _export(request: StaffRequest) -> HttpResponseBase:
    form = EventFilter(request.GET, access=request.access)
    events = Event.objects.reachable(request.access, Permission.EVENTS_EXPORT)
    found = form.apply(events)
    context: dict[str, object] = {
        "form": form,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    if request.method == "GET":
        return render(request, _EXPORT, context | {"count": found.count()})
    kind = request.POST.get("kind", "")
    if kind not in ("csv", "xlsx"):
        kind = "csv"
    try:
        exported = exporting.export(found, kind=kind, actor=request.actor)
    except exporting.NothingToExport:
        return invalid(request, _EXPORT, context | {"count": 0})
    except exporting.TooMany:
        error = _("One file holds %(most)s events. Choose fewer days, or one program.")
        context["errors"] = [error % {"most": intcomma(exporting.MOST)}]
        return invalid(request, _EXPORT, context | {"count": found.count()})
    name = f"events-{timezone.localdate():%Y-%m-%d}.{kind}"
    return download(name, exported.columns, exported.rows)
