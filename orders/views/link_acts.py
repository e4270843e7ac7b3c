"""Voiding, extending and reissuing links: each asks, and says what it cannot do."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orders.claims import keeping
from orders.forms.link_acts import ExtendForm, VoidAllForm
from orders.models import Claim, LinkBatch
from orders.views.link_reach import batch_of, link_of
from orders.views.posted import version
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other

_STALE: Final = "orders/links_stale.html"


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def link_void(request: StaffRequest, reference: str, code: str) -> HttpResponse:
    """Ask, then let one link open nothing any more."""
    claim = link_of(request, reference, code, Permission.LINKS_MANAGE)
    if request.method == "GET":
        is_left = keeping.is_unclaimed(claim)
        return _ask(request, "orders/link_void.html", {"claim": claim}, is_left)
    try:
        keeping.void(claim, version=version(request), actor=request.actor)
    except keeping.StaleLinks:
        return _stale(request, claim.batch, claim)
    return _done(request, claim, _("The link is void."))


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def link_reissue(request: StaffRequest, reference: str, code: str) -> HttpResponse:
    """Ask, then give the card a new link; the old one is dead."""
    claim = link_of(request, reference, code, Permission.LINKS_MANAGE)
    if request.method == "GET":
        is_left = keeping.may_reissue(claim)
        return _ask(request, "orders/link_reissue.html", {"claim": claim}, is_left)
    try:
        keeping.reissue(claim, version=version(request), actor=request.actor)
    except keeping.StaleLinks:
        return _stale(request, claim.batch, claim)
    return _done(request, claim, _("It has a new link. The old one opens nothing."))


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def link_extend(request: StaffRequest, reference: str, code: str) -> HttpResponse:
    """Choose a later last day for one link."""
    claim = link_of(request, reference, code, Permission.LINKS_MANAGE)
    template = "orders/link_extend.html"
    shown = {"before": claim.last_day, "version": claim.version}
    form = ExtendForm(request.POST or None, initial=shown)
    page: dict[str, Any] = {"claim": claim, "form": form}
    if request.method == "GET":
        is_left = keeping.is_unclaimed(claim) and claim.expires_at is not None
        return _ask(request, template, page, is_left)
    if not form.is_valid():
        return invalid(request, template, page)
    day = form.cleaned_data["last_day"]
    seen = form.cleaned_data["version"] or 0
    try:
        keeping.extend(claim, day, version=seen, actor=request.actor)
    except keeping.StaleLinks:
        return _stale(request, claim.batch, claim)
    return _done(request, claim, _("The link can be claimed for longer."))


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def links_void(request: StaffRequest, reference: str) -> HttpResponse:
    """Have the number of unclaimed links typed, then void them all."""
    batch = batch_of(request, reference, Permission.LINKS_MANAGE)
    count = keeping.voidable(batch).count()
    form = VoidAllForm(request.POST or None, initial={"count": count})
    page: dict[str, Any] = {"batch": batch, "form": form, "count": count}
    if request.method == "GET":
        return render(request, "orders/links_void.html", page)
    if not form.is_valid():
        return invalid(request, "orders/links_void.html", page)
    shown = form.cleaned_data["count"]
    try:
        keeping.void_all(batch, count=shown, actor=request.actor)
    except keeping.StaleLinks:
        return _stale(request, batch)
    said = ngettext("%(n)s link is void.", "%(n)s links are void.", shown)
    return _all_done(request, batch, said % {"n": f"{shown:,}"})


@requires(Permission.LINKS_MANAGE)
@require_http_methods(["GET", "POST"])
def links_extend(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose a later last day for a batch and all of its unclaimed links."""
    batch = batch_of(request, reference, Permission.LINKS_MANAGE)
    form = ExtendForm(request.POST or None, initial={"before": batch.expires_on})
    page: dict[str, Any] = {
        "batch": batch,
        "form": form,
        "may_extend": keeping.may_extend(batch),
    }
    if request.method == "GET":
        return render(request, "orders/links_extend.html", page)
    if not form.is_valid():
        return invalid(request, "orders/links_extend.html", page)
    day, before = form.cleaned_data["last_day"], form.cleaned_data["before"]
    try:
        count = keeping.extend_all(batch, day, before=before, actor=request.actor)
    except keeping.StaleLinks:
        return _stale(request, batch)
    said = ngettext(
        "%(n)s link can be claimed for longer.",
        "%(n)s links can be claimed for longer.",
        count,
    )
    return _all_done(request, batch, said % {"n": f"{count:,}"})


def _ask(
    request: StaffRequest, template: str, page: dict[str, Any], is_left: bool
) -> HttpResponse:
    """The page that asks; the link's own page where there is nothing left to ask."""
    return render(request, template, page) if is_left else _back(request, page["claim"])


def _done(request: StaffRequest, claim: Claim, said: str) -> HttpResponse:
    messages.success(request, said)
    return _back(request, claim)


def _back(request: StaffRequest, claim: Claim) -> HttpResponse:
    reference = claim.batch.order.reference
    return see_other(
        request, "orders:link_detail", reference=reference, code=claim.code
    )


def _all_done(request: StaffRequest, batch: LinkBatch, said: str) -> HttpResponse:
    messages.success(request, said)
    return see_other(request, "orders:links_detail", reference=batch.order.reference)


def _stale(
    request: StaffRequest, batch: LinkBatch, claim: Claim | None = None
) -> HttpResponse:
    """409: what was on the screen is not what there is; nothing was done."""
    if claim is not None:
        claim.refresh_from_db()
    return render(request, _STALE, {"batch": batch, "claim": claim}, status=409)
