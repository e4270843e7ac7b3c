"""Rewards that are held: the list of them, and the page one is decided on."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders.award_states import AwardStatus
from orders.forms.held import HeldForm
from orders.models import Award, Side
from orders.triggers import holding, telling
from orders.triggers.calls import EventCall
from orders.triggers.routing import AwardMoved
from portal.crypto import Undecipherable
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, see_other

_TEMPLATE: Final = "orders/award_decide.html"


@requires(Permission.EVENTS_VIEW)
@require_safe
def held_list(request: StaffRequest) -> HttpResponse:
    """What waits for a person, newest first."""
    awards = Award.objects.reachable(request.access, Permission.EVENTS_VIEW)
    held = awards.filter(status=AwardStatus.HELD).select_related(
        "event", "program", "product", "rule"
    )
    page = paging.keyset(held, request.GET, order=("-id",))
    context = {
        "page": page,
        "rows": [
            (award, telling.in_words(award.problem, award.detail))
            for award in page.rows
        ],
        "may_decide": request.access.anywhere(Permission.AWARDS_DECIDE),
        "columns": [
            {"label": _("Reward")},
            {"label": _("Program")},
            {"label": _("Rule")},
            {"label": _("Why it is held")},
            {"label": _("Since")},
        ],
    }
    return render(request, "orders/held_list.html", context)


@requires(Permission.AWARDS_DECIDE)
@require_http_methods(["GET", "POST"])
def award_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Both sides beside each other, and the decision with its reason."""
    awards = Award.objects.reachable(request.access, Permission.AWARDS_DECIDE)
    related = awards.select_related(
        "event__key", "program", "product", "rule_version__rule"
    )
    award = get_object_or_404(related, pk=pk)
    if request.method == "GET":
        if award.status != AwardStatus.HELD:
            return see_other(request, "orders:event_detail", pk=award.event_id)
        form = HeldForm(initial={"version": award.version})
        return render(request, _TEMPLATE, _page(request, award, form))
    form = HeldForm(request.POST)
    verb = _VERDICTS.get(request.POST.get("verdict", ""))
    if verb is None or not form.is_valid():
        return invalid(request, _TEMPLATE, _page(request, award, form))
    try:
        decided = verb(award.pk, **form.cleaned_data, actor=request.actor)
    except holding.OwnRule:
        form.add_error(None, _refusal())
        return invalid(request, _TEMPLATE, _page(request, award, form))
    except AwardMoved as moved:
        context = {"award": moved.award}
        return render(request, "orders/award_stale.html", context, status=409)
    messages.success(request, _done(decided))
    return see_other(request, "orders:held_list")


_VERDICTS: Final = {"release": holding.release, "block": holding.block}


def _page(request: StaffRequest, award: Award, form: HeldForm) -> dict[str, Any]:
    may_decide = holding.may_decide(award, request.actor)
    return {
        "award": award,
        "form": form,
        "side": Side(award.side).label,
        "why": telling.in_words(award.problem, award.detail),
        "refusal": "" if may_decide else _refusal(),
        "others": Award.objects.filter(event=award.event_id, status=AwardStatus.HELD)
        .exclude(pk=award.pk)
        .select_related("program", "product"),
        **_sides(award),
    }


def _sides(award: Award) -> Mapping[str, Any]:
    """In full, also for who sees no recipients: else nobody could decide."""
    try:
        call = telling.call_of(award.event)
    except Undecipherable:
        return {"is_unreadable": True}
    person, advocate = call.person, getattr(call, "advocate", None)
    sides = ((_("The person"), person), (_("The advocate"), advocate))
    return {
        "people": [
            (title, telling.person_rows(each, is_masked=False))
            for title, each in sides
            if each is not None
        ],
        "alike": telling.alike(person, advocate) if person and advocate else [],
        "attributes": telling.attribute_rows(call.attributes)
        if isinstance(call, EventCall)
        else [],
    }


def _done(award: Award) -> str:
    if award.status == AwardStatus.BLOCKED:
        return _("Blocked. Nothing is sent for it.")
    if award.status == AwardStatus.REFUSED:
        why = telling.in_words(award.problem, award.detail)
        return _("Released, but it may not be sent: %(why)s") % {"why": why}
    return _("Released. It goes on as if it had not been held.")


def _refusal() -> str:
    return _(
        "You had a hand in its rule or its key, so somebody else has to decide: "
        "whoever sets a reward up never lets it go."
    )
