"""The portal in one web process, started as the demonstration starts it."""

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Final

import requests

from portal.web.management.commands import rundemo
from tests.sources import ROOT

_PATIENCE_SECONDS: Final = 30.0


@contextmanager
def served(environment: Mapping[str, str], log: IO[str]) -> Iterator[str]:
    """Its address, once it answers; whatever it prints goes into `log`."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    command = rundemo._web(port)
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=log, stderr=log
    ) as server:
        try:
            _wait(f"{url}/health/")
            yield url
        finally:
            server.terminate()


def _wait(url: str) -> None:
    give_up_at = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            requests.get(url, timeout=5)
        except (requests.ConnectionError, requests.Timeout):
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
