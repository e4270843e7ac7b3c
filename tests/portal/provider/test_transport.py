"""What leaves the machine, whatever its environment says."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.provider.transport import Transport


class Listener(HTTPServer):
    """Notes each request's target and Authorization, and answers 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.heard.append((self.path, self.headers["Authorization"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(base_url: str) -> None:
    transport = Transport(base_url, timeout=(1, 1), user_agent="tests")
    headers = {"Authorization": "Bearer ours"}
    assert transport.exchange("GET", "/v1/Orders", headers=headers).status == 200
    transport.close()


def test_a_netrc_does_not_replace_our_token(listener, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine provider.example.com login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", listener.url)

    get("http://provider.example.com")

    target = "http://provider.example.com/v1/Orders"
    assert listener.heard == [(target, "Bearer ours")]


def test_a_proxy_is_not_asked_for_this_very_machine(listener, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)

    get(listener.url)

    assert listener.heard == [("/v1/Orders", "Bearer ours")]
