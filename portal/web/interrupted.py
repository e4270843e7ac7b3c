"""A form that outlived its sign-in: what was typed waits in the session.

It is given back once, only at the same address, only within the hour, and only to the
person who was signed in before on the same browser. Where that address is a button and
no form, the person is led back to the page it was on.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

_KEY = "interrupted"
_KEEP_SECONDS = 3600
_LAST_PERSON = "last_person"
# What a search looks for may be a link, and a secret is one: kept nowhere unsealed.
_NOT_KEPT = ("csrfmiddlewaretoken", "find", "secret")


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Redirect to the sign-in page, keeping what was posted."""
    if request.method == "POST" and (person := _last_person(request)):
        keep_typed(request, person)
    response: HttpResponse = redirect_to_login(request.get_full_path())
    if getattr(request, "htmx", False):
        # A redirect would be followed inside the fragment; the page must go instead.
        response = HttpResponse(headers={"HX-Redirect": response["Location"]})
    return response


def keep_typed(request: HttpRequest, person: str) -> None:
    """Let what was posted wait for this person, by the id of theirs."""
    typed = request.POST.copy()
    for name in _NOT_KEPT:
        typed.pop(name, None)
    request.session[_KEY] = {
        "person": person,
        "path": request.path,
        "page": _page_of(request),
        "at": timezone.now().timestamp(),
        "typed": typed.urlencode(),
    }


def typed_before(request: HttpRequest) -> QueryDict | None:
    """What this person typed into this form before the sign-in ran out, once."""
    kept = _take(request)
    return QueryDict(kept["typed"], mutable=True) if kept else None


def lead_back(request: HttpRequest) -> HttpResponse | None:
    """For a button pressed before the sign-in ran out: to the page it is on, once."""
    kept = _take(request)
    if kept is None:
        return None
    said = _("You were signed out, so nothing was done. Press the button again.")
    messages.info(request, said)
    return redirect(kept["page"])


def remember_person(request: HttpRequest, response: HttpResponse) -> None:
    """Note in a signed cookie who uses this browser, for `typed_before`."""
    if _last_person(request) != str(request.user.pk):
        response.set_signed_cookie(
            _LAST_PERSON,
            str(request.user.pk),
            max_age=24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )


def _take(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for this person at this address; it waits no longer."""
    kept: dict[str, Any] | None = request.session.get(_KEY)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[_KEY]
    is_theirs = kept["person"] == str(request.user.pk)
    is_fresh = timezone.now().timestamp() - kept["at"] <= _KEEP_SECONDS
    return kept if is_theirs and is_fresh else None


def _page_of(request: HttpRequest) -> str:
    """The page of ours that was posted from, as the browser tells it, or home."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A page that was the answer to this very button cannot be asked for.
    is_answer = is_ours and urlsplit(page).path == request.path
    return page if is_ours and not is_answer else resolve_url("home")


def _last_person(request: HttpRequest) -> str | None:
    try:
        value = request.get_signed_cookie(_LAST_PERSON, default=None, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return str(value) if value else None
