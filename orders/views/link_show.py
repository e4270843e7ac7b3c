"""One link, to be read off the screen and copied."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.claims import exporting, handing
from orders.models import Claim
from orders.views.link_reach import link_of, may_see_recipients
from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, see_other


@requires(Permission.LINKS_HAND_OUT)
@require_http_methods(["GET", "POST"])
def link_show(request: StaffRequest, reference: str, code: str) -> HttpResponseBase:
    """GET says what showing means; the answer to the button shows the link, once."""
    claim = link_of(request, reference, code, Permission.LINKS_HAND_OUT)
    return _show(request, claim)


@step_up
def _show(request: StaffRequest, claim: Claim) -> HttpResponseBase:
    sees = may_see_recipients(request, claim.batch)
    context: dict[str, object] = {
        "claim": claim,
        "batch": claim.batch,
        "recipient": claim.person if sees else None,
    }
    if request.method == "POST":
        shown = _shown(request, claim)
        if shown is None:
            said = _("This link is stopped or not as it was ordered, so it stays here.")
            messages.error(request, said)
            return see_other(
                request,
                "orders:link_detail",
                reference=claim.batch.order.reference,
                code=claim.code,
            )
        claim.refresh_from_db(fields=["handed_out_at"])
        context |= shown
    return render(request, "orders/link_show.html", context)


def _shown(request: StaffRequest, claim: Claim) -> dict[str, object] | None:
    """The link and, for the provider's own, its answer; None if it may not leave."""
    try:
        handout = handing.show(claim, actor=request.actor)
    except handing.NothingToHandOut:
        return None
    facts = exporting.facts(claim.batch)
    for _claim, secret in exporting.opened(handout):
        answer = "" if facts.is_ours else secret.answer
        return {"link": exporting.address(facts, secret), "answer": answer}
    return None
