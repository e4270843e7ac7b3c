"""What every request and answer carries."""

import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import resolve
from django.utils.cache import patch_vary_headers

from portal.permissions import PUBLIC, rule_of

GetResponse = Callable[[HttpRequest], HttpResponse]

# Where other systems call, which have a key and no session.
MACHINES: Final = "/api/v1/"


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an id, which the journal keeps and the answer names."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware


def machines(get_response: GetResponse) -> GetResponse:
    """Lead other systems straight to their view, past all that pages need.

    Who they are is for the view to say: no session is opened, and no cookie is set.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(MACHINES):
            return get_response(request)
        match = resolve(request.path_info)
        if rule_of(match.func) != PUBLIC:
            return get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return middleware


def private_pages(get_response: GetResponse) -> GetResponse:
    """Keep pages out of every cache, and give htmx fragments an entry of their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["HX-Request"])
        response["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        return response

    return middleware
