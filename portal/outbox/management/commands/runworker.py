import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import (
    DatabaseError,
    InterfaceError,
    close_old_connections,
    connection,
)

from portal.outbox import dispatch, schedule
from portal.outbox.models import Message

logger = logging.getLogger(__name__)

_TICK_SECONDS = 30.0


class Command(BaseCommand):
    help = "Deliver the outbox in this process, without a broker. Ctrl-C stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--threads", type=int, default=4)
        parser.add_argument(
            "--pause", type=float, default=0.25, help="seconds between looks"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.BROKER_URL:
            raise CommandError(
                "BROKER_URL is set, so Celery's workers deliver. "
                "Start `celery -A portal worker` instead, or unset BROKER_URL."
            )
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("Worker ready.")
        run(stop, threads=options["threads"], pause=options["pause"])
        self.stdout.write("Worker stopped.")


def run(stop: threading.Event, *, threads: int, pause: float) -> None:
    """Deliver what is due until `stop` is set; then finish what was begun."""
    running: set[Future[None]] = set()
    next_tick = 0.0
    with ThreadPoolExecutor(threads) as pool:
        while not stop.is_set():
            messages: list[Message] = []
            try:
                if time.monotonic() >= next_tick:
                    schedule.tick()
                    next_tick = time.monotonic() + _TICK_SECONDS
                if len(running) < threads:
                    messages = dispatch.claim(threads - len(running))
            except (DatabaseError, InterfaceError):
                logger.exception("The database does not answer; looking again.")
            running |= {pool.submit(_in_thread(message)) for message in messages}
            if len(running) == threads:
                wait(running, timeout=pause, return_when=FIRST_COMPLETED)
            elif not messages:
                stop.wait(pause)
            running = {future for future in running if not future.done()}
            close_old_connections()


def _in_thread(message: Message) -> Callable[[], None]:
    def work() -> None:
        try:
            dispatch.deliver(message)
        except (DatabaseError, InterfaceError):
            # Not settled, so its lease runs out and it is delivered again.
            logger.exception("Message %s could not be settled", message.pk)
        finally:
            connection.close()

    return work
