"""Mailing links to the people they were assigned to: one, or all that wait for it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from orders.claims import mailing
from orders.models import Claim, LinkBatch
from orders.views.link_reach import batch_of, link_of
from orders.views.posted import version
from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.numbers import whole_number

_ONE = "orders/link_mail.html"
_MANY = "orders/links_mail.html"


@requires(Permission.LINKS_HAND_OUT)
@require_http_methods(["GET", "POST"])
def link_mail(request: StaffRequest, reference: str, code: str) -> HttpResponseBase:
    """To whom this link would go, or why it would not; then send it, also again."""
    claim = link_of(request, reference, code, Permission.LINKS_HAND_OUT)
    return _mail(request, claim)


@requires(Permission.LINKS_HAND_OUT)
@require_http_methods(["GET", "POST"])
def links_mail(request: StaffRequest, reference: str) -> HttpResponseBase:
    """How many assigned links would be mailed now, and why others would not."""
    batch = batch_of(request, reference, Permission.LINKS_HAND_OUT)
    return _mail_all(request, batch)


@step_up
def _mail(request: StaffRequest, claim: Claim) -> HttpResponse:
    if request.method == "GET":
        return render(request, _ONE, _one(claim))
    try:
        mailing.mail(claim, version=version(request), actor=request.actor)
    except mailing.Refused as refusal:
        page = {**_one(claim), "errors": [str(refusal)]}
        return invalid(request, _ONE, page)
    except mailing.Stale:
        claim.refresh_from_db()
        page = {**_one(claim), "stale": True}
        return invalid(request, _ONE, page, status=409)
    messages.success(request, _("The link is on its way by e-mail."))
    reference = claim.batch.order.reference
    return see_other(
        request, "orders:link_detail", reference=reference, code=claim.code
    )


@step_up
def _mail_all(request: StaffRequest, batch: LinkBatch) -> HttpResponse:
    if request.method == "GET":
        return render(request, _MANY, _many(batch))
    count = whole_number(request.POST.get("count", "")) or 0
    try:
        mailing.mail_all(batch, count=count, actor=request.actor)
    except mailing.Refused as refusal:
        page = {**_many(batch), "errors": [str(refusal)]}
        return invalid(request, _MANY, page)
    except mailing.Stale:
        page = {**_many(batch), "stale": True}
        return invalid(request, _MANY, page, status=409)
    said = ngettext(
        "%(n)s link is on its way by e-mail.",
        "%(n)s links are on their way by e-mail.",
        count,
    )
    messages.success(request, said % {"n": f"{count:,}"})
    reference = batch.order.reference
    return see_other(request, "orders:links_detail", reference=reference)


def _one(claim: Claim) -> dict[str, object]:
    mails = claim.mails.select_related("handout__made_by").order_by("-pk")
    return {
        "claim": claim,
        "reader": claim.person,
        "refusal": mailing.refusal(claim),
        "mails": mails,
        "again": any(mail.issue == claim.issue and not mail.problem for mail in mails),
    }


def _many(batch: LinkBatch) -> dict[str, object]:
    refusal = mailing.batch_refusal(batch)
    return {
        "batch": batch,
        "refusal": refusal,
        "plan": None if refusal else mailing.plan(batch),
    }
