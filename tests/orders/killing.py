"""Worker processes on the test database, and somebody who kills them."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

_ROOT = Path(__file__).resolve().parents[2]
WORKER = ("manage.py", "runworker", "--threads=4", "--pause=0.05")
READY = "Worker ready."
# Workers that are killed for ever come to nothing on a busy machine.
MOST_KILLS = 15


class Workers:
    """A few processes of the same command; each killed one is replaced at once.

    Only one that has said `ready` is killed: the machine may be slow to start it.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        seed: int,
        number: int = 2,
        broker: str = "",
        ready: str = "",
    ) -> None:
        self._command = [sys.executable, *command]
        self._broker = broker
        self._log = log
        self._ready = ready
        self._random = random.Random(seed)
        self._started = 0
        self._ready_at: float | None = None
        self.kills = 0
        self._at_work = [self._start() for _ in range(number)]

    def have_worked(self, seconds: float) -> bool:
        """Whether all have been ready that long; a slow machine takes long to start."""
        if len(self._ready_ones()) < len(self._at_work):
            return False
        now = time.monotonic()
        self._ready_at = self._ready_at or now
        return now - self._ready_at >= seconds

    def kill_one(self) -> None:
        """SIGKILL to one that is ready: no handler, no rollback, no goodbye."""
        self._kill(self._random.choice(self._ready_ones()))

    def kill_all(self) -> bool:
        """The same for whoever is ready, so that none goes on; False if nobody is."""
        able = self._ready_ones()
        for victim in able:
            self._kill(victim)
        return bool(able)

    def stop(self) -> None:
        for process, _ in self._at_work:
            process.kill()
            process.wait()

    def _kill(self, victim: int) -> None:
        process, _ = self._at_work[victim]
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.kills += 1
        self._at_work[victim] = self._start()

    def _ready_ones(self) -> list[int]:
        return [n for n, (_, log) in enumerate(self._at_work) if self._is_ready(log)]

    def _is_ready(self, log: Path) -> bool:
        return self._ready in log.read_text(errors="replace")

    def _start(self) -> tuple[subprocess.Popen[bytes], Path]:
        self._started += 1
        self._ready_at = None
        path = self._log.with_name(f"{self._log.stem}-{self._started}.log")
        with path.open("wb") as log:
            process = subprocess.Popen(
                self._command,
                cwd=_ROOT,
                env=_environment() | {"BROKER_URL": self._broker},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return process, path


@contextmanager
def workers(
    log: Path, *, command: Sequence[str] = WORKER, seed: int = 1
) -> Iterator[Workers]:
    """Two workers for as long as the block lasts."""
    started = Workers(command, log, seed=seed, ready=READY)
    try:
        yield started
    finally:
        started.stop()


def kill_all_once(
    is_begun: Callable[[], bool], at_work: Workers, *, most: float = 120.0
) -> None:
    """Kill whoever is ready once work is begun: half done, on a fast machine too."""
    end = time.monotonic() + most
    while not (is_begun() and at_work.kill_all()):
        assert time.monotonic() < end, f"nothing to kill after {most} s"
        time.sleep(0.01)


def kill_until(
    is_over: Callable[[], bool],
    at_work: Workers,
    *,
    every: float,
    most: float,
    kills: int = MOST_KILLS,
) -> float:
    """Kill one each so many seconds until it is over; the seconds that took.

    They count from when all were ready. The first time all are killed, as when the
    machine goes down. After so many kills the rest is done in peace.
    """
    began = time.monotonic()
    while not is_over():
        told = f"not over after {most} s, {at_work.kills} kills"
        assert time.monotonic() - began < most, told
        if at_work.kills < kills and at_work.have_worked(every):
            strike = at_work.kill_one if at_work.kills else at_work.kill_all
            strike()
        time.sleep(0.1)
    return time.monotonic() - began


def _environment() -> dict[str, str]:
    """The portal's own settings, on this test's database and provider.

    A lease outlives the longest call, so that a living worker keeps its messages.
    """
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "PROVIDER_BASE_URL": settings.PROVIDER_BASE_URL,
        "PROVIDER_TIMEOUT_SECONDS": "2",
        "OUTBOX_LEASE_SECONDS": "4",
        "WEBHOOK_BASE_URL": settings.WEBHOOK_BASE_URL,
        "RELEASE_HOLD_SECONDS": "0",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def database_url() -> str:
    """The address of the database of this test."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    user, password = quote(database["USER"]), quote(database["PASSWORD"] or "")
    host, port = database["HOST"], database["PORT"] or 5432
    return f"postgres://{user}:{password}@{host}:{port}/{database['NAME']}"
