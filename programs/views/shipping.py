"""Shipping: methods with their estimates, how long they take, holidays."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from portal.money import Money
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from portal.web.templatetags.laurel import when
from programs import arrival, freshness, holidays, sentences, shipping, transit_times
from programs.forms.filters import ShippingFilter
from programs.forms.shipping import HolidayForm, TransitForm
from programs.intake import CURRENCY_WHEN_UNSTATED
from programs.models import Branding, Holiday, ShippingMethod
from programs.shipping import Choice
from programs.states import OFFERED, RETIRED, State

_EDIT = "programs/transit_edit.html"
_HOLIDAYS = "programs/holiday_list.html"


@dataclass(frozen=True, slots=True)
class _Method:
    """A shipping method in words; one that is retired is no choice."""

    method: ShippingMethod
    cost: Money
    choice: Choice | None = None
    arrival: str = ""
    ordered_by: str = ""
    state: State = RETIRED


@dataclass(frozen=True, slots=True)
class _Look:
    branding: Branding
    state: State


@requires(Permission.CATALOGUE_VIEW)
@require_safe
def shipping_list(request: StaffRequest) -> HttpResponse:
    """Ways to post a card with what they cost and take, and how it can look."""
    form = ShippingFilter(request.GET)
    offered = shipping.choices(CURRENCY_WHEN_UNSTATED, company=form.chosen_company)
    gone = form.retired_methods()
    context = {
        "form": form,
        "methods": [*_chosen(offered), *map(_retired, gone)],
        "compares": len(offered) > 1,
        "carriers": shipping.card_carriers(),
        "looks": [
            _Look(each, RETIRED if each.retired_at else OFFERED)
            for each in Branding.objects.defer("raw").order_by("name", "id")
        ],
        "as_of": freshness.as_of(),
        "may_manage": request.access.anywhere(Permission.SHIPPING_MANAGE),
    }
    template = partial(request, "programs/shipping_list.html", "methods")
    return render(request, template, context)


@requires(Permission.SHIPPING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def transit_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """How long a shipping method takes, or that nobody knows."""
    method = get_object_or_404(ShippingMethod.objects.select_related("transit"), pk=pk)
    if request.method == "POST" and "remove" in request.POST:
        transit_times.remove(method, actor=request.actor)
        said = _("%(method)s has no estimate any more.") % {"method": method.name}
        messages.success(request, said)
        return see_other(request, "programs:shipping_list")
    data = request.POST if request.method == "POST" else typed_before(request)
    facts = transit_times.facts_of(method)
    form = TransitForm(data, initial=facts and asdict(facts))
    context: dict[str, object] = {"form": form, "method": method, "facts": facts}
    if request.method != "POST":
        return render(request, _EDIT, context)
    if not form.is_valid():
        return invalid(request, _EDIT, context)
    transit_times.enter(method, form.facts, actor=request.actor)
    messages.success(request, _estimate(pk))
    return see_other(request, "programs:shipping_list")


@requires(Permission.SHIPPING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def holiday_list(request: StaffRequest) -> HttpResponse:
    """The days nothing is shipped on, to come or past, and a form for another."""
    data = request.POST if request.method == "POST" else typed_before(request)
    form = HolidayForm(data)
    if request.method == "POST" and form.is_valid():
        try:
            added = holidays.add(**form.cleaned_data, actor=request.actor)
        except holidays.Taken as taken:
            words = {"name": taken.holiday.name}
            form.add_error("day", _("%(name)s is on that day already.") % words)
        else:
            messages.success(request, _("Added: %(day)s.") % {"day": _words(added)})
            return see_other(request, "programs:holiday_list")
    context = {"form": form, **_calendar(request)}
    if request.method == "POST":
        return invalid(request, _HOLIDAYS, context)
    return render(request, _HOLIDAYS, context)


@requires(Permission.SHIPPING_MANAGE)
@require_POST
def holiday_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Count a day like others again."""
    removed = holidays.remove(pk, actor=request.actor)
    if removed is None:
        messages.info(request, _("This holiday was removed already."))
    else:
        messages.success(request, _("Removed: %(day)s.") % {"day": _words(removed)})
    return see_other(request, "programs:holiday_list")


def _chosen(offered: Sequence[Choice]) -> Iterator[_Method]:
    # Hundreds of methods arrive in a few windows, and words take their time.
    windows = {choice.window for choice in offered if choice.window}
    words = {w: (sentences.arrival(w), when(w.ordered_by)) for w in windows}
    for choice in offered:
        arrives, ordered_by = words[choice.window] if choice.window else ("", "")
        yield _Method(
            choice.method, choice.cost, choice, arrives, ordered_by, state=OFFERED
        )


def _retired(method: ShippingMethod) -> _Method:
    return _Method(method, shipping.cost(method, CURRENCY_WHEN_UNSTATED))


def _estimate(pk: int) -> str:
    """What the entered time comes to, for whoever entered it."""
    method = ShippingMethod.objects.select_related("transit").get(pk=pk)
    window = shipping.window(method, timezone.now())
    days = sentences.arrival(window) if window else ""
    words = {"method": method.name, "days": days}
    return _("%(method)s: ordered now, it arrives about %(days)s.") % words


def _calendar(request: StaffRequest) -> dict[str, object]:
    shows_past = request.GET.get("show") == "past"
    today = arrival.local_day(timezone.now())
    days = Holiday.objects.all()
    if shows_past:
        page = paging.keyset(days.filter(day__lt=today), request.GET, order=("-day",))
    else:
        page = paging.keyset(days.filter(day__gte=today), request.GET, order=("day",))
    to_come, past = _("To come"), _("Past")
    return {
        "page": page,
        "shows_past": shows_past,
        "tabs": [
            {"label": to_come, "url": "?", "is_current": not shows_past},
            {"label": past, "url": "?show=past", "is_current": shows_past},
        ],
    }


def _words(holiday: Holiday) -> str:
    return f"{holiday.name}, {format_date(holiday.day, 'D j M Y')}"
