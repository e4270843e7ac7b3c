"""Many at the same moment: one event, and equal answers or “still running”."""

import threading

import pytest
from django.core.cache import cache
from django.db import connections

from orders.models import Award, Event
from orders.triggers.problems import Code
from portal.outbox import dispatch
from tests.orders.api.calling import Caller, event, reward
from tests.orders.triggers import made

pytestmark = pytest.mark.django_db(transaction=True)

TOGETHER = 8


def at_once(path, body, key=""):
    """The answers to this call of as many callers at the same moment."""
    together = threading.Barrier(TOGETHER)
    answers = []

    def call():
        caller = Caller(made.SECRET)
        together.wait()
        try:
            answers.append(caller.post(path, body, key=key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize("has_marks", [False, True])
@pytest.mark.parametrize(
    ("path", "body", "key_header", "status"),
    [
        ("/events", event(), "", 202),
        ("/rewards", reward(), "req-1", 201),
    ],
)
def test_equal_calls_are_one(
    path, body, key_header, status, has_marks, rule, key, settings
):
    if not has_marks:
        # The cache is a courtesy: without it the database still stores one.
        settings.CACHES = {
            "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
        }
    cache.clear()

    answers = at_once(path, body, key_header)
    dispatch.drain()

    taken = [each for each in answers if each.status_code == status]
    waiting = [each for each in answers if each.status_code == 409]
    assert len(taken) + len(waiting) == TOGETHER
    assert len({each.content for each in taken}) == 1
    assert all(Code.STILL_RUNNING in each.content.decode() for each in waiting)
    assert Event.objects.count() == 1
    assert Award.objects.count() == 1


def test_another_body_at_the_same_moment_is_refused(rule, key, cvs):
    bodies = [event(attributes={"purchase": 60 + n}) for n in range(TOGETHER)]
    together = threading.Barrier(TOGETHER)
    statuses = []

    def call(body):
        caller = Caller(made.SECRET)
        together.wait()
        try:
            statuses.append(caller.post("/events", body).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(set(statuses)) == [202, 409]
    assert statuses.count(202) == 1
    assert Event.objects.count() == 1
