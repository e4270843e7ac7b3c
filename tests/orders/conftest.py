"""A quick sandbox, and a worker that goes from one appointment to the next."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from portal.accounts.models import User, actor_of
from portal.actors import Actor
from portal.outbox import dispatch
from portal.outbox.models import Message
from portal.provider import connection
from portal.provider.sandbox.launch import Sandbox, launch


class Worker:
    """The outbox's dispatcher, with a clock that jumps instead of waiting."""

    def __init__(self, clock: time_machine.Traveller) -> None:
        self.clock = clock

    def run(self, *, seconds: float = 0) -> None:
        """Deliver all that falls due in the next so many seconds."""
        end = timezone.now() + timedelta(seconds=seconds)
        dispatch.drain()
        while (due := self._next()) is not None and due <= end:
            self.clock.move_to(max(due, timezone.now()))
            dispatch.drain()
        self.clock.move_to(max(end, timezone.now()))

    def _next(self) -> datetime | None:
        waiting = Message.objects.filter(status=Message.Status.WAITING)
        return (
            min(
                (max(each.not_before, each.leased_until or each.not_before))
                for each in waiting
            )
            if waiting
            else None
        )


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still until somebody shifts it, however busy the machine is."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def worker(clock: time_machine.Traveller) -> Worker:
    return Worker(clock)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with launch(sent_after=0, claimed_after=10**8, webhook_backoff=0.05) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: Settings) -> Sandbox:
    """The sandbox, empty: it completes at once, nobody claims, nobody is called."""
    sandbox_server.reset()
    connection.forget()
    settings.PROVIDER_BASE_URL = sandbox_server.base_url
    settings.WEBHOOK_BASE_URL = ""
    return sandbox_server


@pytest.fixture
def at_once(settings: Settings) -> None:
    """Approved orders go out without a hold."""
    settings.RELEASE_HOLD_SECONDS = 0


@pytest.fixture
def approver(ada: User) -> Actor:
    """Ada, as verbs see her."""
    return actor_of(ada)
