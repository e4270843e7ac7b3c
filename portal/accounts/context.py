"""What the page's shell shows on every page."""

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.accounts.models import User
from portal.web import navigation
from portal.web.checks import is_sandbox
from portal.web.http import StaffRequest


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame around a page, as one person sees it."""

    organisation: str
    test_mode: bool
    home_url: str = "/"
    user_name: str = ""
    user_email: str = ""
    theme: str = User.Theme.SYSTEM.value


def shell(request: HttpRequest) -> dict[str, object]:
    """The frame and the menu; both lazy, so that fragments and errors cost nothing."""
    return {
        "shell": SimpleLazyObject(lambda: _shell(request)),
        "nav": SimpleLazyObject(lambda: _menu(request)),
    }


def _shell(request: HttpRequest) -> Shell:
    user = getattr(request, "user", None)
    everybody = Shell(organisation=settings.ORGANISATION, test_mode=is_sandbox())
    if not isinstance(user, User):
        return everybody
    return Shell(
        organisation=everybody.organisation,
        test_mode=everybody.test_mode,
        user_name=user.name,
        user_email=user.email,
        theme=user.theme,
    )


def _menu(request: HttpRequest) -> list[navigation.Item]:
    # An address that leads nowhere never reaches the gate, which notes the access.
    if not hasattr(request, "access"):
        return []
    return navigation.menu(cast(StaffRequest, request))
