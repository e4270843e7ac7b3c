"""The event log: what came in, what matched, and what it made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.award_states import AwardStatus
from orders.forms.events import EventFilter
from orders.models import Award, Event
from orders.triggers import replaying, telling
from orders.triggers.calls import EventCall, Person
from portal.audit import timeline
from portal.crypto import Undecipherable
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial

_TEMPLATE: Final = "orders/event_list.html"


@dataclass(frozen=True, slots=True)
class Line:
    """An event with the rewards it made."""

    event: Event
    awards: Sequence[Award]


@requires(Permission.EVENTS_VIEW)
@require_safe
def event_list(request: StaffRequest) -> HttpResponse:
    """Every event the person may see, newest first."""
    form = EventFilter(request.GET, access=request.access)
    events = Event.objects.reachable(request.access, Permission.EVENTS_VIEW)
    found = form.apply(events).select_related("program", "key")
    page = paging.keyset(found.defer("body_ciphertext"), request.GET, order=("-id",))
    context = {
        "form": form,
        "page": page,
        "rows": _lines(page.rows),
        "is_filtered": form.is_filtered,
        "query": _kept(request),
        "may_export": request.access.anywhere(Permission.EVENTS_EXPORT),
        "may_replay": request.access.anywhere(Permission.EVENTS_REPLAY),
        "columns": [
            {"label": _("Event")},
            {"label": _("Program")},
            {"label": _("Status")},
            {"label": _("Rewards")},
            {"label": _("Source")},
            {"label": _("Received")},
        ],
    }
    return render(request, partial(request, _TEMPLATE, "rows"), context)


@requires(Permission.EVENTS_VIEW)
@require_safe
def event_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One event: what was said, which rules were asked, and what came of it."""
    event = event_of(request, pk, Permission.EVENTS_VIEW)
    access = request.access
    awards = list(
        Award.objects.filter(event=event)
        .select_related("program", "product", "reward__order", "rule", "rule_version")
        .select_related("decided_by")
        .order_by("pk")
    )
    others = _others(event)
    sees = access.allows(Permission.RECIPIENTS_VIEW, event.program_id)
    told = [("event", [event.pk]), ("award", [award.pk for award in awards])]
    context = {
        **_said(event, sees=sees),
        "event": event,
        "asked": telling.asked(event),
        "awards": [
            (award, telling.in_words(award.problem, award.detail)) for award in awards
        ],
        "remedies": telling.remedies(awards),
        "meaning": telling.meaning_of(event.problem),
        "reverses": [each for each in others if each.event_id == event.reverses],
        "reversed_by": [each for each in others if each.reverses == event.event_id],
        "may_replay": access.allows(Permission.EVENTS_REPLAY, event.program_id)
        and replaying.can_be_replayed(event),
        "may_decide": access.allows(Permission.AWARDS_DECIDE, event.program_id),
        "held": AwardStatus.HELD,
        "events": timeline.timeline(told),
    }
    return render(request, "orders/event_detail.html", context)


def event_of(request: StaffRequest, pk: int, permission: Permission) -> Event:
    """An event in whose program this person holds the permission; else 404."""
    events = Event.objects.reachable(request.access, permission)
    return get_object_or_404(events.select_related("program", "key"), pk=pk)


def _said(event: Event, *, sees: bool) -> Mapping[str, Any]:
    """What the caller said, with the contacts of people for who `sees` recipients."""
    try:
        call = telling.call_of(event)
    except Undecipherable:
        return {"is_unreadable": True}
    reported = call if isinstance(call, EventCall) else None
    people: dict[str, Person | None] = {_("The person"): call.person}
    consents = {_("Consent of the person"): call.consent}
    if reported is not None:
        people[_("The advocate")] = reported.advocate
        consents[_("Consent of the advocate")] = reported.advocate_consent
    return {
        "people": [
            (title, telling.person_rows(person, is_masked=not sees))
            for title, person in people.items()
            if person is not None
        ],
        "attributes": telling.attribute_rows(reported.attributes)
        if reported is not None
        else [],
        "consents": [
            (title, telling.consent_rows(given))
            for title, given in consents.items()
            if given is not None
        ],
        "is_masked": not sees,
    }


def _others(event: Event) -> Sequence[Event]:
    """The event that it takes back, and those that take it back."""
    linked = Q(reverses=event.event_id)
    if event.reverses:
        linked |= Q(event_id=event.reverses)
    siblings = Event.objects.filter(program=event.program_id, is_test=event.is_test)
    return list(siblings.filter(linked).defer("body_ciphertext").order_by("pk")[:20])


def _lines(events: Sequence[Event]) -> list[Line]:
    """With each event its rewards; one query."""
    made: dict[int, list[Award]] = {}
    awards = Award.objects.filter(event__in=[event.pk for event in events])
    for award in awards.select_related("program", "product").order_by("pk"):
        made.setdefault(award.event_id, []).append(award)
    return [Line(event, made.get(event.pk, [])) for event in events]


def _kept(request: StaffRequest) -> str:
    """The filters, for the pages that act on what they leave."""
    query = request.GET.copy()
    for cursor in ("after", "before"):
        query.pop(cursor, None)
    return f"?{query.urlencode()}" if query else ""
