"""Who gets which link: one by typing, many from a list or a few pasted lines."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orders.forms.link_assign import AssignForm, LinesForm, ListForm
from orders.links import assigning
from orders.models import Claim, LinkBatch
from orders.views.link_reach import batch_of, link_of
from orders.views.posted import version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs.models import Sheet, SheetRow

_ONE = "orders/link_assign.html"
_MANY = "orders/links_assign.html"
# Lists brought lately; an older one is brought again.
_MOST_LISTS = 50


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def link_assign(request: StaffRequest, reference: str, code: str) -> HttpResponse:
    """Give one link to a person, to another one, or to nobody."""
    claim = link_of(request, reference, code, Permission.LINKS_MANAGE)
    region = claim.batch.order.program.phone_region
    if "unassign" in request.POST:
        return _unassign(request, claim)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = AssignForm(data, region=region, initial={"version": claim.version})
    context: dict[str, Any] = {"claim": claim, "form": form}
    if request.method == "GET":
        return render(request, _ONE, context)
    if form.is_valid():
        try:
            assigning.assign(
                claim,
                form.person,
                version=form.cleaned_data["version"],
                actor=request.actor,
            )
        except assigning.Stale:
            return _stale(request, claim, form)
        except assigning.Refused as refusal:
            form.add_error("contact", str(refusal))
        else:
            said = _("The link is %(name)s’s now.") % {"name": form.person.name}
            return _done(request, claim, said)
    return invalid(request, _ONE, context)


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def links_assign(request: StaffRequest, reference: str) -> HttpResponse:
    """The free links, and the people of a list or of a few lines who would get one."""
    batch = batch_of(request, reference, Permission.LINKS_MANAGE)
    typed = request.POST if request.method == "POST" else typed_before(request)
    has_lines = typed is not None and "lines" in typed
    lines = LinesForm(
        typed if has_lines else None, region=batch.order.program.phone_region
    )
    if has_lines and request.method == "POST":
        return _assign_lines(request, batch, lines)
    if request.method == "POST":
        return _assign_list(request, batch, lines)
    chosen = request.GET if "sheet" in request.GET else None
    form = ListForm(_lists(request, batch), chosen)
    page = _page(batch, form, lines)
    return (
        invalid(request, _MANY, page) if form.errors else render(request, _MANY, page)
    )


def _unassign(request: StaffRequest, claim: Claim) -> HttpResponse:
    region = claim.batch.order.program.phone_region
    try:
        assigning.unassign(claim, version=version(request), actor=request.actor)
    except assigning.Stale:
        form = AssignForm(region=region, initial={"version": claim.version})
        return _stale(request, claim, form)
    except assigning.Refused as refusal:
        claim.refresh_from_db()
        form = AssignForm(region=region, initial={"version": claim.version})
        context = {"claim": claim, "form": form, "errors": [str(refusal)]}
        return invalid(request, _ONE, context)
    return _done(request, claim, _("Nobody has the link now."))


def _done(request: StaffRequest, claim: Claim, said: str) -> HttpResponse:
    messages.success(request, said)
    reference = claim.batch.order.reference
    return see_other(
        request, "orders:link_detail", reference=reference, code=claim.code
    )


def _stale(request: StaffRequest, claim: Claim, form: AssignForm) -> HttpResponse:
    """The form again with what was typed, beside who has the link by now."""
    claim.refresh_from_db()
    typed = {**dict(form.data.items()), "version": claim.version}
    again = AssignForm(
        typed if form.is_bound else None,
        region=claim.batch.order.program.phone_region,
        initial={"version": claim.version},
    )
    context = {"claim": claim, "form": again, "stale": True}
    return invalid(request, _ONE, context, status=409)


def _assign_lines(
    request: StaffRequest, batch: LinkBatch, form: LinesForm
) -> HttpResponse:
    if form.is_valid():
        try:
            given = assigning.assign_people(batch, form.people, actor=request.actor)
        except assigning.LinesRefused as refusal:
            form.refuse(refusal.problems)
        except assigning.Stale:
            form.add_error("lines", _("A link was claimed just now. Try again."))
        except assigning.Refused as refusal:
            form.add_error("lines", str(refusal))
        else:
            return _assigned(request, batch, len(given))
    page = _page(batch, ListForm(_lists(request, batch)), form)
    return invalid(request, _MANY, page)


def _assign_list(
    request: StaffRequest, batch: LinkBatch, lines: LinesForm
) -> HttpResponse:
    form = ListForm(_lists(request, batch), request.POST)
    if not form.is_valid():
        return invalid(request, _MANY, _page(batch, form, lines))
    count = whole_number(request.POST.get("count", "")) or 0
    try:
        assigning.assign_list(
            batch, form.cleaned_data["sheet"], count=count, actor=request.actor
        )
    except assigning.Stale:
        page = {**_page(batch, form, lines), "stale": True}
        return invalid(request, _MANY, page, status=409)
    return _assigned(request, batch, count)


def _assigned(request: StaffRequest, batch: LinkBatch, count: int) -> HttpResponse:
    said = ngettext("%(n)s link assigned.", "%(n)s links assigned.", count)
    messages.success(request, said % {"n": f"{count:,}"})
    return see_other(request, "orders:links_detail", reference=batch.order.reference)


def _lists(request: StaffRequest, batch: LinkBatch) -> list[Sheet]:
    """Lists of the program with people in them, newest first."""
    used = (SheetRow.Status.READY, SheetRow.Status.TAKEN)
    rows = SheetRow.objects.filter(sheet=OuterRef("pk"), status__in=used)
    brought = Sheet.objects.reachable(request.access).filter(
        Exists(rows), program=batch.order.program, status=Sheet.Status.CHECKED
    )
    return list(brought.order_by("-created_at", "-pk")[:_MOST_LISTS])


def _page(batch: LinkBatch, form: ListForm, lines: LinesForm) -> dict[str, Any]:
    sheet = (
        form.cleaned_data.get("sheet") if form.is_bound and form.is_valid() else None
    )
    plan = assigning.plan(batch, sheet) if sheet else None
    short = ""
    if plan and plan.short:
        short = assigning.too_few(len(plan.people), plan.free)
    return {
        "batch": batch,
        "form": form,
        "lines_form": lines,
        "free": plan.free if plan else assigning.free_links(batch).count(),
        "sheet": sheet,
        "plan": plan,
        "short": short,
    }
