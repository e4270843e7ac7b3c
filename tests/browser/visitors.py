"""People at browsers, whose every complaint counts."""

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
)

from portal.accounts.models import User
from tests import factories
from tests.browser.pages import Look
from tests.world import Side, World

WIDE: Final = ViewportSize(width=1280, height=900)
NARROW: Final = ViewportSize(width=320, height=640)
PATIENCE_MILLISECONDS: Final = 20_000
# What Chromium and htmx say aloud and our pages do on purpose: answers that are no
# success, and a preview given up for a newer one (all else has a name of its own).
_MEANT: Final = re.compile(
    r"Failed to load resource: .* status of 4(03|04|09|10|22)"
    r"|htmx:(afterRequest|sendAbort)\b"
)


class Visitors:
    """Browsers, each with cookies of its own, that note what goes wrong in them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []

    def open(
        self,
        user: User | None = None,
        *,
        viewport: ViewportSize = WIDE,
        javascript: bool = True,
    ) -> Page:
        """An empty page; `user` is signed in already."""
        context = self._browser.new_context(
            base_url=self.url,
            viewport=viewport,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self._note(f"script: {error.error}"))
        context.on("request", self._on_request)
        self._contexts.append(context)
        if user is not None:
            sign_in(context, user, self.url)
        return context.new_page()

    def close(self) -> list[str]:
        """Close every browser; what went wrong in them."""
        for context in self._contexts:
            context.close()
        return self._complaints

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _MEANT.match(message.text):
            self._note(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self._note(f"request to another host: {request.url}")

    def _note(self, complaint: str) -> None:
        self._complaints.append(complaint)


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give the browser a session of this person, without the sign-in page."""
    session = factories.signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": session.key, "value": session.value, "url": url}])


class Desk:
    """One browser, at which the people of a world take turns."""

    def __init__(self, visitors: Visitors, world: World, side: Side) -> None:
        self.page = visitors.open()
        self._url, self._world, self._side = visitors.url, world, side
        self._who = "-"

    def show(self, look: Look) -> Page:
        """The page, as its viewer sees it."""
        if look.who != self._who:
            self._who = look.who
            self.page.context.clear_cookies()
            if viewer := look.viewer(self._world, self._side):
                sign_in(self.page.context, viewer, self._url)
        self.page.goto(look.path(self._world, self._side))
        return self.page
