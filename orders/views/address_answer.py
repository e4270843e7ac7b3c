"""Where a recipient says where their card is to go: for whoever has the link.

Looking at it changes nothing, however often a mail scanner does; the address is stored
by the button. The token in the path is the only credential, and no cookie plays a part.
"""

from typing import Final

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from orders import postal
from orders.forms.address_answer import AddressAnswerForm
from orders.models import AddressRequest
from orders.shipments import answering, asking, tokens
from orders.shipments.answering import Stage
from portal import crypto
from portal.actors import Actor, ActorKind, Channel
from portal.permissions import public
from portal.web import limits
from portal.web.http import Request, invalid, is_sent_from_elsewhere, see_other, unseen
from portal.web.views import csrf_failure, too_many_requests
from programs.addresses.fields import Address, Field
from programs.addresses.printing import label_lines

_FORM: Final = "orders/address_answer.html"
_CONFIRM: Final = "orders/address_answer_confirm.html"
_OVER: Final = "orders/address_answer_over.html"


@public
@csrf_exempt  # no-referrer makes browsers send "Origin: null", which Django refuses
@unseen
@require_http_methods(["GET", "HEAD", "POST"])
def address_answer(request: Request, token: str) -> HttpResponse:
    """Who asks and why; the address is taken by the button alone."""
    if is_sent_from_elsewhere(request):
        return csrf_failure(request)
    found = answering.find(token)
    stage = answering.stage(found) if found else Stage.OVER
    if not _allows(request, token, is_miss=found is None):
        return too_many_requests(request)
    if found is None:
        return _over(request, None, stage)
    if request.method == "POST":
        return _take(request, token, found, stage)
    if stage != Stage.OPEN:
        return _over(request, found, stage)
    known = postal.address_of(found.shipment)
    if known and "change" not in request.GET:
        return render(request, _CONFIRM, _shown(found, known))
    form = _form(None, found, known)
    return render(request, _FORM, {**_words(found), "form": form, "known": known})


def _allows(request: Request, token: str, *, is_miss: bool) -> bool:
    """The limits of claim links: wrong ones use up none of what good ones share."""
    address = limits.address_of(request)
    if is_miss:
        return limits.allows("address-miss", address, settings.CLAIM_RATE_MISSES)
    digest = tokens.digest(token)
    return limits.allows(
        "address-address", address, settings.CLAIM_RATE_ADDRESS
    ) and limits.allows("address-token", digest, settings.CLAIM_RATE_TOKEN)


def _take(
    request: Request, token: str, found: AddressRequest, stage: Stage
) -> HttpResponse:
    """The address that was typed, or the one that was shown, where it is right."""
    known = postal.address_of(found.shipment)
    if known and "seen" in request.POST:
        if request.POST["seen"] == _fingerprint(known):
            return _answer(request, token, found, known)
        template, status = _CONFIRM, 409
        page = {**_shown(found, known), "stale": True}
    else:
        form = _form(request.POST, found, known)
        if not form.act and form.is_valid():
            return _answer(request, token, found, form.address)
        template, status = _FORM, 422
        page = {**_words(found), "form": form, "known": known}
        if form.act and stage == Stage.OPEN:
            return render(request, template, page)
    if stage != Stage.OPEN:
        return _over(request, found, stage)
    return invalid(request, template, page, status=status)


def _form(
    data: QueryDict | None, found: AddressRequest, known: Address | None
) -> AddressAnswerForm:
    """What asks for the address; it begins with the one the order has."""
    home, parcel = found.shipment.reward.order.program.phone_region, found.shipment
    start = known or Address(country=home, name=parcel.name)
    return AddressAnswerForm(data, home=home, start=start)


def _answer(
    request: Request, token: str, found: AddressRequest, address: Address
) -> HttpResponse:
    reader = answering.reader(found)
    actor = Actor(ActorKind.RECIPIENT, str(reader.pk), Channel.WEB, request.request_id)
    try:
        answering.answer(token, address, actor=actor)
    except answering.Closed:
        now = answering.find(token)
        stage = answering.stage(now) if now else Stage.OVER
        return _over(request, now, stage, status=409)
    return see_other(request, "orders:address_answer", token=token)


def _over(
    request: Request,
    found: AddressRequest | None,
    stage: Stage,
    *,
    status: int = 0,
) -> HttpResponse:
    """What became of it and whom to ask; no address is shown any more."""
    page = {**(_words(found) if found else {}), "stage": stage, "found": found}
    is_thanks = stage == Stage.GIVEN and request.method != "POST"
    usual = 404 if found is None else 410
    return render(request, _OVER, page, status=status or (200 if is_thanks else usual))


def _shown(found: AddressRequest, known: Address) -> dict[str, object]:
    """The address the order has: to be confirmed, or as it was given before."""
    lines = label_lines(known, home="")
    return {**_words(found), "lines": lines, "seen": _fingerprint(known)}


def _words(found: AddressRequest) -> dict[str, object]:
    reward = found.shipment.reward
    return {
        "asked": found,
        "from_name": reward.from_name,
        "program": reward.order.program,
        "organisation": settings.ORGANISATION,
        "last_day": asking.last_day(found.expires_at),
    }


def _fingerprint(address: Address) -> str:
    """Ties the button to the address that was beside it."""
    text = "\x00".join(address[part] for part in Field)
    return crypto.digest(text, purpose="address shown")
