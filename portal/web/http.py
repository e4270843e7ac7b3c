"""The request as our views see it, and the answers they share."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseLocation
from django_htmx.middleware import HtmxDetails

from portal.actors import Actor
from portal.permissions import Access

if TYPE_CHECKING:
    from portal.accounts.models import User


class Request(HttpRequest):
    """Any request, after the middleware."""

    htmx: HtmxDetails
    request_id: str
    access: Access
    actor: Actor


class StaffRequest(Request):
    """A request of somebody who is signed in."""

    user: "User"


def unseen(
    view: Callable[[Request, str], HttpResponse],
) -> Callable[[Request, str], HttpResponse]:
    """For a page whose address is a secret: no cache, referrer or search keeps it."""

    @wraps(view)
    def answer(request: Request, token: str) -> HttpResponse:
        response = view(request, token)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def is_sent_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser itself says that another site sent this form."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return request.method == "POST" and site not in {"same-origin", "none"}


def partial(request: HttpRequest, template: str, name: str) -> str:
    """The template, or only its named partial where htmx asked for it."""
    details = request.htmx  # type: ignore[attr-defined]
    wants_part = details and not details.boosted and not details.history_restore_request
    return f"{template}#{name}" if wants_part else template


def invalid(
    request: HttpRequest, template: str, context: dict[str, object], status: int = 422
) -> HttpResponse:
    """The page again, with its messages and what was typed."""
    return render(request, template, {**context, "form_failed": True}, status=status)


class SeeOther(HttpResponseRedirect):
    """303: the answer to a POST is another page, to be fetched by GET."""

    status_code = 303


def see_other(request: HttpRequest, to: object, **kwargs: object) -> HttpResponse:
    """303 to another page; a full page change for htmx too."""
    url = resolve_url(to, **kwargs)  # type: ignore[arg-type]
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseLocation(url)
    return SeeOther(url)
