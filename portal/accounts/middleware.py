"""The gate: default deny, and the person's access on every request."""

import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from portal.accounts.access import access_of
from portal.accounts.models import actor_of
from portal.permissions import NOBODY, PUBLIC, Permission, rule_of
from portal.web.http import Request, StaffRequest
from portal.web.interrupted import ask_to_sign_in, lead_back, remember_person
from portal.web.views import method_not_allowed

GetResponse = Callable[[HttpRequest], HttpResponse]


class Gate:
    """Enforces the rule each view is marked with; refuses a view without one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Django's own has no content; what has some, such as the API's, stays.
        is_refused = response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if is_refused and not response.content:
            response = lead_back(request) or method_not_allowed(request, response)
        if request.user.is_authenticated:
            remember_person(request, response)
        return response

    def process_view(
        self,
        request: Request,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        request.access = NOBODY
        if request.user.is_authenticated:
            staff = cast(StaffRequest, request)
            staff.access = access_of(staff.user)
            staff.actor = actor_of(staff.user, request.request_id)
        rule = rule_of(view)
        if rule == PUBLIC:
            return None
        if rule is None:
            raise Http404("This view carries no access rule.")
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not request.access.anywhere(Permission(rule)):
            raise Http404
        return None


def time_zone(get_response: GetResponse) -> GetResponse:
    """Show times in the person's own zone, or the organisation's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        zone = settings.DEFAULT_TIME_ZONE
        if request.user.is_authenticated:
            zone = request.user.zone
        with timezone.override(zoneinfo.ZoneInfo(zone)):
            return get_response(request)

    return middleware
