"""Around every call: whatever goes wrong is a documented problem, and is noted."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError, ValidationError

from orders.api import flaws, problem_json
from orders.api.door import ApiRequest, Caller
from orders.api.problem_json import StoredRefusal
from orders.triggers import refused_calls
from orders.triggers.problems import Code, Refused
from portal.permissions import public
from portal.web import limits

View = Callable[..., HttpResponse]

_METHODS: Final = frozenset(
    {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
_log = logging.getLogger(__name__)


def entrance(view: View) -> View:
    """A view of the API; its callers are keys, so there is no session to protect."""

    @csrf_exempt
    @public
    @wraps(view)
    def answer(request: ApiRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, **kwargs)
        except Exception as error:
            response = _refused(request, _refusal_of(error))
        if response.status_code == 405:
            allowed = response["Allow"]
            response = _refused(request, Refused(Code.METHOD_NOT_ALLOWED))
            response["Allow"] = allowed
        if caller := _caller(request):
            _tell_rate(response, caller)
        return response

    return answer


def nowhere(request: ApiRequest, **kwargs: Any) -> HttpResponse:
    """Whatever is no address of the API."""
    raise Refused(Code.NOT_FOUND)


def _caller(request: ApiRequest) -> Caller | None:
    return getattr(request, "caller", None)


def _refused(request: ApiRequest, refusal: Refused) -> HttpResponse:
    caller = _caller(request)
    if not isinstance(refusal, StoredRefusal):
        refused_calls.note(
            _name(request),
            refusal.code,
            key=caller.key if caller else None,
            detail=str(refusal.detail),
        )
    response = problem_json.answer(refusal)
    if refusal.code == Code.TOO_MANY_CALLS:
        left = caller.count.seconds_left if caller else limits.SECONDS
        response["Retry-After"] = str(left)
    return response


def _refusal_of(error: Exception) -> Refused:
    match error:
        case Refused():
            return error
        case ValidationError():
            return flaws.invalid(error.errors)
        case HttpError() if isinstance(error.__cause__, Refused):
            # ninja wraps whatever its parser raises.
            return error.__cause__
        case InterfaceError() | OperationalError():
            _log.warning("The database did not answer: %s", type(error).__name__)
            return Refused(Code.UNAVAILABLE)
    _log.error("A call failed", exc_info=error)
    return Refused(Code.UNEXPECTED)


def _name(request: ApiRequest) -> str:
    """What was called, such as "POST /events"; no ids."""
    method = request.method if request.method in _METHODS else "?"
    match = request.resolver_match
    route = match.route.removeprefix("api/v1") if match else ""
    return f"{method} {route.replace('<', '{').replace('>', '}')}"


def _tell_rate(response: HttpResponse, caller: Caller) -> None:
    """As draft-ietf-httpapi-ratelimit-headers has it."""
    most, count = caller.key.rate_per_minute, caller.count
    left = max(most - count.tries, 0)
    response["RateLimit-Policy"] = f'"key";q={most};w={limits.SECONDS}'
    response["RateLimit"] = f'"key";r={left};t={count.seconds_left}'
