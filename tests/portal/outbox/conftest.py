from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import transaction

from portal.outbox import handlers, schedule
from portal.outbox.handlers import Later
from portal.outbox.messages import enqueue
from portal.outbox.models import Message

TOPIC = "tests.work"


class Work:
    """A handler that notes its calls and then does as the test says."""

    def __init__(self) -> None:
        self.calls: list[Mapping[str, Any]] = []
        self.then: Callable[[], Later | None] = lambda: None

    def __call__(self, payload: Mapping[str, Any]) -> Later | None:
        self.calls.append(payload)
        return self.then()

    def raises(self, error: Exception) -> None:
        def fail() -> None:
            raise error

        self.then = fail


@pytest.fixture
def work(db, monkeypatch) -> Work:
    handlers.load()
    monkeypatch.setattr(handlers, "_handlers", dict(handlers._handlers))
    work = Work()
    handlers.handles(TOPIC)(work)
    return work


@pytest.fixture
def own_rounds(monkeypatch) -> None:
    """Only the rounds of the test, once those of the apps were registered."""
    handlers.load()
    monkeypatch.setattr(schedule, "_rounds", {})


def put(key: object = 1, **options: Any) -> Message:
    """A message for `work`, as a verb puts it."""
    with transaction.atomic():
        enqueue(TOPIC, key, {"id": 1}, **options)
    return Message.objects.get(key=f"{TOPIC}:{key}")
