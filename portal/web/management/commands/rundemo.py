"""A demonstration on this machine: all its processes, started and stopped as one."""

import os
import shlex
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from io import StringIO
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connections
from django.urls import reverse
from honcho.manager import Manager

from portal.provider import connection
from portal.provider.errors import ProviderError
from portal.web.checks import is_sandbox

_HOST: Final = "127.0.0.1"
_PATIENCE_SECONDS: Final = 60.0
_MANAGE: Final = [sys.executable, "manage.py"]
_CELERY: Final = [sys.executable, "-m", "celery", "--app", "portal", "--quiet"]


class Command(BaseCommand):
    help = "Run a demonstration on this machine. Ctrl-C stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "DEMO is off in .env, so this is not a demonstration. "
                "docs/operations.md says how to run the portal for real."
            )
        port = urlsplit(settings.SITE_URL).port or 8000
        if not _is_free(port):
            raise CommandError(
                f"Port {port} is taken. Stop what uses it, "
                f"or choose another: make run PORT={port + 10}"
            )
        (settings.BASE_DIR / "var").mkdir(exist_ok=True)
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        processes = {"web": _web(port), **_workers(), **_sandbox()}
        accounts = StringIO()
        call_command("demo", stdout=accounts)
        connections.close_all()
        sys.exit(_run(processes, port, accounts.getvalue(), _Printer(self.stdout)))


class _Printer:
    """Prints what the processes say, and leaves out what their manager says."""

    width = 0  # the manager widens it to the longest name

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out

    def write(self, message: Any) -> None:
        """One line of a process, as the manager hands it over."""
        if message.name != "system":
            text = message.data.decode(errors="replace").rstrip()
            self.say(f"{message.name:<{self.width}} | {text}")

    def say(self, text: str) -> None:
        # A terminal that was closed must not keep us from stopping the processes.
        with suppress(OSError):
            self._out.write(text)
            self._out.flush()


def _web(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", _HOST, "--port", str(port), "--log-level", "warning"),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws"),
        "portal.wsgi:application",
    ]


def _workers() -> dict[str, list[str]]:
    if not settings.BROKER_URL:
        return {"worker": [*_MANAGE, "runworker"]}
    schedule = str(settings.BASE_DIR / "var" / "beat-schedule")
    return {
        "worker": [*_CELERY, "worker", "--concurrency", "4", "--loglevel", "warning"],
        "beat": [*_CELERY, "beat", "--schedule", schedule, "--loglevel", "warning"],
    }


def _sandbox() -> dict[str, list[str]]:
    """The provider's sandbox, unless another server is the provider."""
    if not is_sandbox():
        return {}
    port = urlsplit(settings.PROVIDER_BASE_URL).port or 80
    if not _is_free(port):
        _expect_provider(port)
        return {}
    data = str(settings.BASE_DIR / "var" / "sandbox.sqlite3")
    module = [sys.executable, "-m", "portal.provider.sandbox"]
    return {"sandbox": [*module, "--port", str(port), "--data", data]}


def _expect_provider(port: int) -> None:
    try:
        next(connection.client().products(), None)
    except ProviderError as error:
        raise CommandError(
            f"Port {port} is taken by something that is not the provider ({error}). "
            "Stop it, or choose another port for the sandbox: "
            f"make run SANDBOX_PORT={port + 10}"
        ) from error


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port that only waits out its last connections is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _run(
    processes: dict[str, list[str]], port: int, accounts: str, printer: _Printer
) -> int:
    """Run them until one ends or somebody stops them; the exit code."""
    manager = Manager(printer)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    for name, command in processes.items():
        # Without exec a shell would stand between the manager and the process.
        line = f"exec {shlex.join(command)}"
        manager.add_process(name, line, env=environment, cwd=settings.BASE_DIR)
    # A closed terminal stops them as Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(
        target=_announce, args=(port, accounts, printer), daemon=True
    ).start()
    manager.loop()
    was_stopped = manager.returncode in {130, 143}
    printer.say("Stopped." if was_stopped else "A process ended, so all were stopped.")
    return 0 if was_stopped else 1


def _announce(port: int, accounts: str, printer: _Printer) -> None:
    """Say where the portal is, once its first page really answers."""
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while not _answers(port):
        if time.monotonic() > give_up_at:
            printer.say(f"Nothing answers at port {port}; the lines above say why.")
            return
        time.sleep(0.1)
    lines = [f"\nLaurel is ready: http://{_HOST}:{port}/\n", accounts.rstrip(), ""]
    if is_sandbox():
        lines.append(
            "The provider is a sandbox, so no money moves. "
            f"{settings.PROVIDER_BASE_URL}/ lists what it holds."
        )
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        lines.append(f"Mail is written into {settings.EMAIL_FILE_PATH}.")
    lines.append("Ctrl-C stops everything.\n")
    printer.say("\n".join(lines))


def _answers(port: int) -> bool:
    page = HTTPConnection(_HOST, port, timeout=5)
    try:
        page.request("GET", reverse(settings.LOGIN_URL))
        return page.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        page.close()
