"""The web process after a thousand requests of every kind."""

import re
import signal
import socket
import subprocess
import sys
import time
from itertools import cycle, islice
from typing import Final

import django
import psutil
import requests

django.setup()

from orders.management.commands.demo import PASSWORD  # noqa: E402  after the set-up
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402

REQUESTS: Final = 1_000
MOST_MEGABYTES: Final = 200
_PAGES: Final = (
    "/",
    "/orders/",
    "/send/digital/",
    "/recipients/",
    "/recipients/?q=riley",
    "/programs/",
    "/programs/1/",
    "/products/",
    "/products/1/",
    "/health/",
    "/nowhere/",
)


def main() -> None:
    port = _free_port()
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"),
        *("--workers", "1", "--blocking-threads", "4", "portal.wsgi:application"),
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr) as server:
        try:
            _ask(f"http://127.0.0.1:{port}")
            megabytes = _largest(server.pid) / 1024**2
        finally:
            server.send_signal(signal.SIGTERM)
    report(
        [
            Figure(
                f"web process after {REQUESTS} requests",
                megabytes,
                MOST_MEGABYTES,
                "MB",
            )
        ]
    )


def _ask(base_url: str) -> None:
    session = requests.Session()
    session.trust_env = False
    _sign_in(session, base_url)
    for path in islice(cycle(_PAGES), REQUESTS):
        answer = session.get(base_url + path, timeout=30)
        expected = 404 if path == "/nowhere/" else 200
        assert answer.status_code == expected, path


def _sign_in(session: requests.Session, base_url: str) -> None:
    """As the demonstration's manager, once the server answers."""
    url = f"{base_url}/sign-in/"
    for attempt in range(100):
        try:
            page = session.get(url, timeout=5)
            break
        except requests.ConnectionError:
            if attempt == 99:
                raise
            time.sleep(0.1)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    form = {
        "csrfmiddlewaretoken": token[1],
        "login": "manager@example.com",
        "password": PASSWORD,
    }
    session.post(url, data=form, timeout=30, headers={"Referer": url})


def _largest(pid: int) -> int:
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    return max(process.memory_info().rss for process in processes)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
