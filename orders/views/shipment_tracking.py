"""Tracking numbers of many parcels out of a file: shown first, then recorded."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orders.forms.shipment_tracking import BringForm, ConfirmForm
from orders.models import Shipment
from orders.parcel_states import SHIPMENT_STATES
from orders.shipments import importing, tracking_files, tracking_plan
from orders.shipments.tracking_files import LABELS, Listing
from orders.shipments.tracking_plan import Plan, Step
from orders.states import State
from portal.permissions import Permission, requires
from portal.tabular import Unreadable
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before

_BRING: Final = "orders/shipments_tracking.html"
_CHECK: Final = "orders/shipments_tracking_check.html"
# So many are shown; the rest is counted.
_MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a line changes, in words."""

    step: Step
    changes: list[str]
    state: State


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def shipments_tracking(request: StaffRequest) -> HttpResponse:
    """Bring a file, look at what it would change, have it done."""
    if request.method != "POST":
        typed = typed_before(request)
        # What was being confirmed is brought again: it may say something else by now.
        cells = typed if typed is not None and "pasted" in typed else None
        return render(request, _BRING, {"form": BringForm(cells)})
    if "seen" in request.POST:
        return _confirm(request)
    form = BringForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            listing = tracking_files.read(form.content, form.name)
            return render(request, _CHECK, _page(listing, _plan(request, listing)))
        except Unreadable as problem:
            at = "file" if form.cleaned_data.get("file") else "pasted"
            form.add_error(at, str(problem))
    return invalid(request, _BRING, {"form": form})


def _confirm(request: StaffRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        lost = BringForm(None)
        errors = [_("This file did not come whole. Bring it again.")]
        return invalid(request, _BRING, {"form": lost, "errors": errors})
    listing = form.cleaned_data["lines"]
    plan = _plan(request, listing)
    if plan.digest != form.cleaned_data["seen"]:
        page = {**_page(listing, plan), "is_stale": True}
        return invalid(request, _CHECK, page, status=409)
    done = importing.carry_out(plan, actor=request.actor)
    said = ngettext("%(n)s parcel recorded.", "%(n)s parcels recorded.", done.recorded)
    messages.success(request, said % {"n": intcomma(done.recorded)})
    if done.left_out:
        text = ngettext(
            "%(n)s parcel changed meanwhile and was left out. Bring the file again.",
            "%(n)s parcels changed meanwhile and were left out. Bring the file again.",
            done.left_out,
        )
        messages.warning(request, text % {"n": intcomma(done.left_out)})
    return see_other(request, "orders:shipment_list")


def _plan(request: StaffRequest, listing: Listing) -> Plan:
    mine = Shipment.objects.reachable(request.access, Permission.SHIPMENTS_MANAGE)
    return tracking_plan.plan(listing, mine)


def _page(listing: Listing, plan: Plan) -> dict[str, Any]:
    """The plan in words. Raises Unreadable for lines that fit in no form."""
    count, left = len(plan.steps), len({each.line for each in plan.problems})
    label = ngettext("Record %(n)s parcel", "Record %(n)s parcels", count)
    return {
        "lines": tracking_files.pack(listing),
        "seen": plan.digest,
        "count": count,
        "unchanged": plan.unchanged,
        "left": left,
        "button": label % {"n": intcomma(count)},
        "shown": [_shown(step) for step in plan.steps[:_MOST_SHOWN]],
        "problems": plan.problems[:_MOST_SHOWN],
        "more_shown": max(0, count - _MOST_SHOWN),
        "more_problems": max(0, len(plan.problems) - _MOST_SHOWN),
        "unread": ", ".join(f"“{name[:80]}”" for name in listing.unread[:20]),
        "columns": [
            {"label": _("Line"), "numeric": True},
            {"label": _("Number")},
            {"label": _("To")},
            {"label": _("Status after")},
            {"label": _("What changes")},
        ],
    }


def _shown(step: Step) -> _Shown:
    labels = {column.value: label for column, label in LABELS.items()}
    changes = [
        f"{labels[name]}: {_words(value)}" for name, value in step.change.fields.items()
    ]
    return _Shown(step, changes, SHIPMENT_STATES[step.change.status])


def _words(value: object) -> str:
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return str(value) if value else _("none")
