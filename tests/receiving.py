"""A server on loopback that takes webhooks in, or refuses, hangs and redirects."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """What came in, and what is answered from now on."""

    url: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # Seconds before each letter of the answer; None answers at once.
    drip: float | None = None
    # Answers nothing until this is set.
    hangs_until: threading.Event | None = None
    calls: list[Received] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [call.headers["webhook-id"] for call in self.calls]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that runs; whatever hangs is let go at the end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
        server.receiver = receiver  # type: ignore[attr-defined]
        server.ends = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield receiver
        finally:
            server.ends.set()  # type: ignore[attr-defined]
            if receiver.hangs_until:
                receiver.hangs_until.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        length = int(self.headers.get("Content-Length", 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Received(self.path, headers, self.rfile.read(length))
        receiver.calls.append(call)
        if receiver.hangs_until:
            receiver.hangs_until.wait(30)
        if receiver.drip is None:
            self._answer(receiver)
        else:
            self._drip(receiver.drip)

    def _answer(self, receiver: Receiver) -> None:
        self.send_response(receiver.status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _drip(self, pause: float) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.ends.wait(pause):
            try:
                self.wfile.write(b"a")
            except OSError:
                return

    def log_message(self, *args: object) -> None:
        """Says nothing."""
