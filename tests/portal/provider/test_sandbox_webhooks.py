"""FulfillmentComplete reaches a real receiver: late, early, twice, or never."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.provider.bearer import MemoryTokens
from portal.provider.client import Client
from portal.provider.sandbox.launch import Sandbox, launch
from tests.portal.provider.conftest import until
from tests.portal.provider.examples import digital


class Receiver(ThreadingHTTPServer):
    """Notes what it is told and when; the coming answers are `answers`, then 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.answers: list[int] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?secret=s-1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.paths.append(self.path)
        self.server.heard.append(json.loads(body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def state(sandbox: Sandbox) -> str:
    return str(sandbox.orders()[0]["webhook"]["state"])


def test_a_completed_order_is_told_once_in_the_documented_words(
    client, sandbox, receiver
):
    order = client.create_order(digital("A", webhook_url=receiver.url)).order

    until(lambda: state(sandbox) == "done")
    (told,) = receiver.heard
    assert told.keys() == {"Action", "OrderId", "PONumber", "Timestamp"}
    assert told["Action"] == "FulfillmentComplete"
    assert (told["OrderId"], told["PONumber"]) == (order.id, "A")
    time.strptime(told["Timestamp"], "%m/%d/%Y %I:%M:%S %p")
    assert receiver.paths == ["/hook?secret=s-1"]


def test_it_waits_until_the_order_is_complete(client, sandbox, receiver):
    sandbox.settings(sent_after=60)
    client.create_order(digital("A", webhook_url=receiver.url))

    assert (state(sandbox), receiver.heard) == ("waiting", [])
    sandbox.settings(sent_after=0.2)
    until(lambda: receiver.heard)


def test_it_is_repeated_until_it_is_heard(client, sandbox, receiver):
    receiver.answers = [500, 302]

    client.create_order(digital("A", webhook_url=receiver.url))

    until(lambda: state(sandbox) == "done")
    assert len(receiver.heard) == 3
    assert sandbox.orders()[0]["webhook"]["tries"] == 3


def test_a_lost_one_never_comes(client, sandbox, receiver):
    sandbox.settings(next=["webhook_lost"])

    client.create_order(digital("A", webhook_url=receiver.url))
    client.create_order(digital("B", webhook_url=receiver.url))

    until(lambda: receiver.heard)
    assert [told["PONumber"] for told in receiver.heard] == ["B"]
    assert state(sandbox) == "lost"


def test_an_early_one_comes_before_the_answer(client, sandbox, receiver):
    sandbox.settings(next=["webhook_early"], sent_after=60)

    client.create_order(digital("A", webhook_url=receiver.url))

    assert len(receiver.heard) == 1
    assert state(sandbox) == "done"


def test_a_repeated_one_comes_three_times(client, sandbox, receiver):
    sandbox.settings(next=["webhook_repeated"])

    client.create_order(digital("A", webhook_url=receiver.url))

    until(lambda: state(sandbox) == "done")
    assert len(receiver.heard) == 3


def test_it_comes_even_if_the_post_was_cut(client, sandbox, receiver):
    sandbox.settings(next=["cut_after"])

    client.create_order(digital("A", webhook_url=receiver.url))

    until(lambda: receiver.heard)


def test_it_goes_to_loopback_addresses_only_unless_told_otherwise(
    client, sandbox, receiver
):
    # Nothing is bound to it: it reaches the receiver, and is not a loopback address.
    url = receiver.url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104
    client.create_order(digital("A", webhook_url=url))

    until(lambda: sandbox.orders()[0]["webhook"]["tries"])
    assert (state(sandbox), receiver.heard) == ("waiting", [])
    sandbox.settings(remote_webhooks=True)
    until(lambda: receiver.heard)


def test_a_restart_forgets_no_webhook(tmp_path, receiver):
    data = tmp_path / "sandbox.sqlite3"
    with launch(data=data, sent_after=60) as sandbox:
        client = Client(
            base_url=sandbox.base_url,
            email=sandbox.email,
            access_token=sandbox.access_token,
            tokens=MemoryTokens(),
        )
        client.create_order(digital("A", webhook_url=receiver.url))
        client.close()
        sandbox.process.kill()

    with launch(data=data, sent_after=0):
        until(lambda: receiver.heard)
