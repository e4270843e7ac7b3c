"""The sockets: one thread per connection, kept alive, each answer in one write."""

import socket
import sys
import time
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.provider.sandbox import claim_page, page
from portal.provider.sandbox.api import Api
from portal.provider.sandbox.casing import render
from portal.provider.sandbox.claims import PATH
from portal.provider.sandbox.control import Control
from portal.provider.sandbox.knobs import Fault
from portal.provider.sandbox.messages import Reply, Request
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.webhooks import Webhooks


class Server(ThreadingHTTPServer):
    """The sandbox on 127.0.0.1, and on no other address."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int, provider: Provider, webhooks: Webhooks) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.provider = provider
        provider.base_url = self.base_url
        self.api = Api(provider, webhooks)
        self.control = Control(provider, webhooks)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        # A client that gave up waiting is what this server is for.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed names sockets


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: paths name orders, and GET /_sandbox/requests remembers them."""

    def _answer(self) -> None:
        request = self._request()
        reply, faults = self._reply(request)
        self.server.provider.requests.append(
            {
                "at": time.time(),
                "method": self.command,
                "path": self.path,
                "status": reply.status,  # 0: cut
                "faults": sorted(faults),
            }
        )
        if reply.is_cut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(reply)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else 0
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query={name.lower(): value for name, value in parse_qsl(parts.query)},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
        )

    def _reply(self, request: Request) -> tuple[Reply, Collection[Fault]]:
        server = self.server
        if request.path == "/":
            kind = {"Content-Type": "text/html; charset=utf-8"}
            return Reply(200, page.render(server.provider), kind), ()
        if request.path.startswith(PATH):
            return claim_page.answer(server.provider, request), ()
        if request.path.startswith("/_sandbox/"):
            return server.control.answer(request), ()
        if request.path.startswith("/v1/"):
            return server.api.answer(request)
        return Reply(404), ()

    def _send(self, reply: Reply) -> None:
        body = reply.body
        if body is None:
            body = b""
        elif not isinstance(body, bytes):
            is_api = self.path.startswith("/v1/")
            casing = self.server.provider.knobs.casing if is_api else "pascal"
            body = render(body, casing)
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
