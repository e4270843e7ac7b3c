import threading
import time

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.outbox.management.commands import runworker
from portal.outbox.models import Message
from tests.portal.outbox.conftest import put

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_rounds"),
]


def run_until(done, *, threads: int = 2, patience: float = 10) -> None:
    """A worker in a thread, stopped as soon as `done()` says so."""
    stop = threading.Event()

    def work() -> None:
        try:
            runworker.run(stop, threads=threads, pause=0.05)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    deadline = time.monotonic() + patience
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    worker.join()


def all_done() -> bool:
    return not Message.objects.exclude(status=Message.Status.DONE).exists()


def test_the_worker_delivers_everything_once(work):
    for number in range(25):
        put(number)

    run_until(all_done)

    assert all_done()
    assert len(work.calls) == 25


def test_the_worker_finishes_what_it_began_before_it_stops(work):
    began = threading.Event()

    def slow() -> None:
        began.set()
        time.sleep(0.3)

    work.then = slow
    put()

    run_until(began.is_set)

    assert all_done()


def test_a_free_thread_is_used_at_once(work):
    work.then = lambda: time.sleep(0.02)
    for number in range(20):
        put(number)
    began = time.monotonic()

    run_until(all_done, threads=2)

    # 20 messages of 20 ms on 2 threads; a pause per batch would take 10 x 50 ms more.
    assert all_done()
    assert time.monotonic() - began < 3


def test_runworker_refuses_to_compete_with_celery(settings):
    settings.BROKER_URL = "redis://127.0.0.1:6379/0"

    with pytest.raises(CommandError, match="BROKER_URL"):
        call_command("runworker")
