"""One sandbox for all these tests, quick in its times, and clients to call it with."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from portal.provider.bearer import MemoryTokens
from portal.provider.client import Client
from portal.provider.sandbox.launch import Sandbox, launch

MakeClient = Callable[..., Client]


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with launch(sent_after=0, claimed_after=60, webhook_backoff=0.05) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Sandbox:
    """The sandbox, empty: orders are Completed at once, and claimed never."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def make_client(sandbox: Sandbox) -> Iterator[MakeClient]:
    made: list[Client] = []

    def make(**changes: object) -> Client:
        arguments = {
            "base_url": sandbox.base_url,
            "email": sandbox.email,
            "access_token": sandbox.access_token,
            "tokens": MemoryTokens(),
            **changes,
        }
        client = Client(**arguments)  # type: ignore[arg-type]  # tests may break them
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()


@pytest.fixture
def answering(make_client: MakeClient) -> Iterator[Callable[[bytes], Client]]:
    """A client of a server that says these bytes to everything but the token."""
    listener = socket.create_server(("127.0.0.1", 0))
    said: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                asked = b""
                while b"\r\n\r\n" not in asked:
                    asked += connection.recv(65536)
                is_token = asked.startswith(b"POST /v1/Tokens ")
                connection.sendall(_TOKEN if is_token else said[0])

    thread = threading.Thread(target=serve)
    thread.start()

    def make(answer: bytes) -> Client:
        said[:] = [answer]
        port = listener.getsockname()[1]
        return make_client(base_url=f"http://127.0.0.1:{port}", timeout=(1, 0.5))

    with closing(listener):
        yield make
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


_TOKEN_BODY = b'{"Value": "token-of-the-test", "ExpiresIn": 3600}'
_TOKEN = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (
    len(_TOKEN_BODY),
    _TOKEN_BODY,
)


def until(is_so: Callable[[], object], *, seconds: float = 5.0) -> None:
    """Wait for something another process does."""
    give_up_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up_at, "it did not come to pass"
        time.sleep(0.01)
