"""A real browser against a live server, and people who sit at it."""

import threading
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection as database
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from orders.models import Claim
from portal.actors import WORKER
from portal.outbox.management.commands import runworker
from portal.provider import connection
from portal.provider.sandbox.launch import Sandbox
from programs import catalogue
from tests import engines, secrecy
from tests.browser.visitors import PATIENCE_MILLISECONDS, Visitors

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = engines.chromium()
    if path is None:
        reason = "no Chromium on PATH; CHROMIUM may name one"
        if engines.is_demanded():
            pytest.fail(f"LAUREL_DEMAND is set, and there is {reason}")
        pytest.skip(reason)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's sync API keeps an event loop running in this thread, where Django
        # would refuse to ask the database. Nothing here awaits while it asks.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitors(
    chromium: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Visitors]:
    """Opens browsers for people; afterwards, nothing may have gone wrong in any.

    And nothing that is kept by then may hold a link, an answer or a token.
    """
    settings.SITE_URL = settings.WEBHOOK_BASE_URL = live_server.url
    cache.clear()  # allauth counts sign-ins there
    visitors = Visitors(chromium, live_server.url)
    with secrecy.logged() as log:
        yield visitors
        complaints = visitors.close()
    secrets = secrecy.canaries(Claim.objects.all())
    leaks = secrecy.leaks(secrets, secrecy.places(log.getvalue()) if secrets else {})
    assert complaints + leaks == []


@pytest.fixture
def quick_sandbox(sandbox: Sandbox) -> Sandbox:
    """Sends at once; nobody opens a card before the test says so."""
    sandbox.settings(sent_after=0, claimed_after=10**8, webhook_backoff=0.1)
    return sandbox


@pytest.fixture
def stocked(quick_sandbox: Sandbox, transactional_db: None) -> Sandbox:
    """The provider, whose catalogue we have read."""
    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)
    return quick_sandbox


@pytest.fixture
def worker(visitors: Visitors, stocked: Sandbox) -> Iterator[None]:
    """`manage.py runworker`, beside the live server."""
    stop = threading.Event()

    def work() -> None:
        try:
            runworker.run(stop, threads=1, pause=0.05)
        finally:
            # A process would end here, and its connection with it.
            database.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()
