"""A sandbox for as long as a `with` block lasts: a real process, a real socket."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from portal.provider.sandbox.knobs import Knobs

_ROOT = Path(__file__).resolve().parents[3]
_READY = "sandbox ready at "
_PATIENCE = 10.0


class NotStarted(RuntimeError):
    """The process ended before it was ready; its standard error says why."""


class Sandbox:
    """A running sandbox, seen from its parent."""

    def __init__(
        self, process: subprocess.Popen[str], base_url: str, knobs: Mapping[str, object]
    ) -> None:
        self.process = process
        self.base_url = base_url
        self.email = str(knobs.get("email", Knobs().email))
        self.access_token = str(knobs.get("access_token", Knobs().access_token))
        self._session = requests.Session()
        self._session.trust_env = False

    def settings(self, **knobs: object) -> dict[str, Any]:
        """Change these settings, and return all of them. Raises for a bad one."""
        answer: dict[str, Any] = self._call("POST", "settings", knobs)
        return answer

    def orders(self) -> list[dict[str, Any]]:
        """Every accepted order, oldest first, with its exact `body` and `costCents`."""
        answer: list[dict[str, Any]] = self._call("GET", "orders")
        return answer

    def attempts(self) -> dict[str, dict[str, Any]]:
        """By PONumber: `outcomes` of its POSTs, and how many different `bodies`."""
        answer: dict[str, dict[str, Any]] = self._call("GET", "attempts")
        return answer

    def requests(self) -> list[dict[str, Any]]:
        """The latest requests, oldest first: method, path, status (0: cut), faults."""
        answer: list[dict[str, Any]] = self._call("GET", "requests")
        return answer

    def reset(self) -> None:
        """Forget orders and tokens; settings return to those of the start."""
        self._call("POST", "reset", {})

    def release(self) -> None:
        """Orders the `pending` fault holds begin their life."""
        self._call("POST", "release", {})

    def cancel_line(self, order_id: str, line: int = 0) -> None:
        """The provider's people cancel one line, counted from 0."""
        self._call("POST", "cancel-line", {"order": order_id, "line": line})

    def claim(self, link: str, answer: str) -> int:
        """A recipient answers on the page of a link; the page's status."""
        page = self._session.post(link, data={"answer": answer}, timeout=_PATIENCE)
        return page.status_code

    def stop(self) -> int:
        """End the process, politely and then surely; its exit code."""
        self._session.close()
        with self.process:  # closes its pipes and waits
            self.process.terminate()
            try:
                self.process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.returncode

    def _call(self, method: str, path: str, body: object = None) -> Any:
        answer = self._session.request(
            method,
            f"{self.base_url}/_sandbox/{path}",
            data=None if body is None else json.dumps(body, default=str),
            timeout=_PATIENCE,
        )
        if answer.status_code != 200:
            raise ValueError(answer.text)
        return answer.json()


@contextmanager
def launch(
    *, data: Path | str | None = None, port: int = 0, **knobs: object
) -> Iterator[Sandbox]:
    """Start a sandbox and stop it at the end of the block, or when this process dies.

    `data` is a file that keeps its orders; without one they live in memory. The other
    arguments are the settings of `knobs.Knobs`. Raises NotStarted.
    """
    command = [sys.executable, "-m", "portal.provider.sandbox", "--exit-with-stdin"]
    command += [f"--port={port}"] + ([f"--data={data}"] if data else [])
    command += [f"--{k.replace('_', '-')}={_flag(v)}" for k, v in knobs.items()]
    process = subprocess.Popen(
        command,
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None  # noqa: S101  it is a pipe
    first = process.stdout.readline().strip()
    if not first.startswith(_READY):
        process.kill()
        process.communicate()
        raise NotStarted(first)
    sandbox = Sandbox(process, first.removeprefix(_READY), knobs)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _flag(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
