"""The page of one claim link: for whoever has it, without an account.

Looking at it decides nothing, however often a mail scanner does. The button's POST
gives the card to the first browser that asks, and shows it in its answer; a cookie,
given with the link while it could be claimed, lets that browser ask again. Whoever has
no such cookie is told the same of every link that is over as of one that never was.
"""

from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from orders.claims import claiming, holding, sealing, visits
from orders.claims.sealing import Secret
from orders.models import Claim
from orders.states import ClaimStatus
from portal.actors import Actor, ActorKind, Channel
from portal.money import Money
from portal.permissions import public
from portal.web import limits
from portal.web.http import Request, is_sent_from_elsewhere, unseen
from portal.web.views import csrf_failure, too_many_requests
from programs.sanitize import clean

COOKIE: Final = "claim"
# As long as browsers keep any cookie.
_KEPT_SECONDS: Final = 400 * 24 * 60 * 60


@public
@csrf_exempt  # no-referrer makes browsers send "Origin: null", which Django refuses
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: Request, token: str) -> HttpResponse:
    """Who gives what and why; the card itself only by the button."""
    if is_sent_from_elsewhere(request):
        return csrf_failure(request)
    address = limits.address_of(request)
    found = claiming.find(token)
    holder = holding.holder(request.COOKIES.get(COOKIE, ""), token)
    if not holder and (found is None or not _has_page(found)):
        # Only such links are refused then: telephones share addresses by the thousand,
        # and whoever has a good link is not to wait for somebody who guesses.
        if not limits.allows("claim-miss", address, settings.CLAIM_RATE_MISSES):
            return too_many_requests(request)
        return _over(request, None, holder)
    # Wrong links use up none of what good ones share.
    if not limits.allows("claim-address", address, settings.CLAIM_RATE_ADDRESS):
        return too_many_requests(request)
    digest = sealing.token_digest(token)
    if not limits.allows("claim-token", digest, settings.CLAIM_RATE_TOKEN):
        return too_many_requests(request)
    if found is not None and request.method == "POST":
        return _reveal(request, token, found, holder)
    return _show(request, token, found, holder)


def _has_page(found: Claim) -> bool:
    """Whether anybody with the link is told something of it."""
    return claiming.is_open(found) or found.status == ClaimStatus.CLAIMED


def _show(
    request: Request, token: str, found: Claim | None, holder: str
) -> HttpResponse:
    if found is None or not _has_page(found):
        return _over(request, found, holder)
    if claiming.is_held(found, holder):
        return _card(request, found, sealing.unseal(found.secret_ciphertext))
    if not claiming.is_open(found):
        return _claimed(request, found, holder)
    response = render(request, "orders/claim.html", _words(found))
    if visits.is_scan(request.method or "", request.headers):
        visits.count_scan(found)
        return response
    visits.count_open(found)
    if not holder:
        # Before the button is pressed, so that an answer lost on its way can be asked
        # for again.
        _keep(request, response, holding.fresh(token))
    return response


def _reveal(request: Request, token: str, found: Claim, holder: str) -> HttpResponse:
    cookie = request.COOKIES[COOKIE] if holder else holding.fresh(token)
    actor = Actor(ActorKind.RECIPIENT, str(found.pk), Channel.WEB, request.request_id)
    try:
        secret = claiming.reveal(found, holding.holder(cookie, token), actor=actor)
    except claiming.Refused:
        # Somebody was quicker: as they left it.
        now = claiming.find(token)
        if now is not None and now.status == ClaimStatus.CLAIMED:
            return _claimed(request, now, holder, status=409)
        return _over(request, now, holder)
    response = _card(request, found, secret, is_first=not holder)
    _keep(request, response, cookie)
    return response


def _card(
    request: Request, found: Claim, secret: Secret, *, is_first: bool = False
) -> HttpResponse:
    context = {**_words(found), "secret": secret, "has_no_cookie": is_first}
    return render(request, "orders/claim_card.html", context)


def _claimed(
    request: Request, found: Claim, holder: str, *, status: int = 200
) -> HttpResponse:
    """When, and no more, to somebody else."""
    context: dict[str, object] = {
        "zone": settings.DEFAULT_TIME_ZONE,
        "at": found.claimed_at or found.redeemed_at,
        "batch": found.batch if holder else None,
    }
    return render(request, "orders/claim_claimed.html", context, status=status)


def _over(request: Request, found: Claim | None, holder: str) -> HttpResponse:
    """The dead end: what happened for whoever was shown the link, else one for all."""
    context: dict[str, object] = {}
    if holder:
        context = {
            "zone": settings.DEFAULT_TIME_ZONE,
            "reason": found.status if found else "replaced",
            "voided_at": found.voided_at if found else None,
            "last_day": found.last_day if found else None,
            "batch": found.batch if found else None,
        }
    return render(request, "orders/claim_over.html", context, status=404)


def _words(found: Claim) -> dict[str, object]:
    order, product = found.batch.order, found.reward.product
    texts = [(_("Terms"), product.terms), (_("Please note"), product.disclaimer)]
    return {
        "organisation": settings.ORGANISATION,
        "program": order.program,
        "batch": found.batch,
        "value": Money.of_minor(found.reward.value_minor, order.currency),
        "gift": _name(product.name),
        "last_day": found.last_day,
        "zone": settings.DEFAULT_TIME_ZONE,
        "texts": [(title, clean(text)) for title, text in texts if text],
        "use": product.redemption_note and clean(product.redemption_note),
    }


def _name(product: str) -> str:
    """What people call it; many a product says already that it is a card."""
    if product.casefold().endswith(("card", "cards")):
        return product
    return _("%(product)s gift card") % {"product": product}


def _keep(request: Request, response: HttpResponse, cookie: str) -> None:
    """Remember the browser, at this link's address alone."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=_KEPT_SECONDS,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
