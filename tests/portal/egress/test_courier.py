"""One POST: to the address that was checked, bounded in time, never redirected."""

import contextlib
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.egress import courier as couriers
from portal.egress import timed
from portal.egress.courier import Courier, Failure
from tests.portal.egress.test_addresses import resolves_to

PUBLIC = "93.184.215.14"


@pytest.fixture
def to_private(settings):
    settings.WEBHOOK_TO_PRIVATE = True


def post(url, body=b"{}", **headers):
    with Courier() as courier:
        return courier.post(url, body, headers)


def test_it_takes_the_body_and_the_headers_there(receiver, to_private):
    answer = post(f"{receiver.url}/hooks?a=b", b'{"a":1}', **{"webhook-id": "msg_1"})

    assert (answer.status, answer.failure) == (200, None)
    (call,) = receiver.calls
    assert (call.path, call.body) == ("/hooks?a=b", b'{"a":1}')
    assert call.headers["webhook-id"] == "msg_1"
    assert call.headers["user-agent"] == "Laurel"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_not_followed(receiver, to_private, status):
    receiver.status = status
    receiver.headers = {"Location": f"{receiver.url}/elsewhere"}

    assert post(receiver.url).status == status
    assert len(receiver.calls) == 1


def test_the_wait_that_is_asked_for_is_bounded(receiver, to_private):
    receiver.status, receiver.headers = 503, {"Retry-After": "120"}
    assert post(receiver.url).retry_after == 120

    receiver.headers = {"Retry-After": "99999999"}
    assert post(receiver.url).retry_after == 6 * 3600


def test_without_the_setting_loopback_is_not_reached(receiver):
    port = receiver.url.rpartition(":")[2]

    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
        answer = post(f"http://{host}:{port}/")
        assert (answer.status, answer.failure) == (None, Failure.FORBIDDEN)

    assert receiver.calls == []


def test_a_name_that_stands_for_loopback_is_not_reached(receiver, monkeypatch):
    resolves_to(monkeypatch, "127.0.0.1")
    port = receiver.url.rpartition(":")[2]

    assert post(f"http://hooks.example.com:{port}/").failure == Failure.FORBIDDEN
    assert receiver.calls == []


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    receiver, monkeypatch
):
    """A second look-up would say loopback (DNS rebinding)."""
    port = receiver.url.rpartition(":")[2]
    asked = resolves_to(monkeypatch, PUBLIC, "127.0.0.1")
    connected = []

    def connect(self, address):
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)

    answer = post(f"http://hooks.example.com:{port}/")

    assert answer.failure == Failure.BROKEN
    assert asked == ["hooks.example.com"]
    assert connected == [PUBLIC]
    assert receiver.calls == []


def test_a_proxy_of_the_environment_is_not_used(receiver, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, receiver.url)
    resolves_to(monkeypatch, "10.0.0.1")

    assert post("http://hooks.example.com/").failure == Failure.FORBIDDEN
    assert receiver.calls == []


def test_an_answer_that_never_comes_is_waited_for_only_so_long(
    receiver, to_private, monkeypatch
):
    monkeypatch.setattr(couriers, "_ANSWER_SECONDS", 0.2)
    receiver.hangs_until = threading.Event()

    assert post(receiver.url).failure == Failure.SILENT


def test_an_answer_in_drops_is_waited_for_only_so_long(
    receiver, to_private, monkeypatch
):
    """Each drop is in time for the socket."""
    monkeypatch.setattr(timed, "_MOST_SECONDS", 0.3)
    receiver.drip = 0.05
    began = time.monotonic()

    assert post(receiver.url).failure == Failure.SILENT
    assert time.monotonic() - began < 2


def test_nothing_of_the_body_of_an_answer_is_read(to_private):
    """One that never ends is no matter."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = threading.Event()
        thread = threading.Thread(target=pour, args=[server, ended])
        thread.start()

        answer = post(f"http://127.0.0.1:{port}/")

        assert answer.status == 200
        assert ended.wait(5)
        thread.join()


def pour(server, ended):
    """Answer with a body without end, until nobody takes it any more."""
    connection, _address = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            ended.set()


def test_a_port_where_nobody_listens_says_so(to_private):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/").failure == Failure.BROKEN


def test_what_is_no_certificate_says_so(receiver, to_private):
    url = receiver.url.replace("http:", "https:")

    assert post(url).failure == Failure.INSECURE
    assert receiver.calls == []


def test_a_certificate_that_nobody_vouches_for_says_so(to_private, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=shake_hands, args=[server, context])
        thread.start()

        answer = post(f"https://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()

    assert answer.failure == Failure.INSECURE


def shake_hands(server, context):
    connection, _address = server.accept()
    with connection, contextlib.suppress(OSError):
        context.wrap_socket(connection, server_side=True).close()


def self_signed(folder):
    """A file with a key and a certificate for this machine, by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, now, now + timedelta(days=1)
    ).sign(key, hashes.SHA256())
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_a_name_nobody_knows_says_so(to_private, monkeypatch):
    def look_up(*args, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    assert post("https://nobody.example/").failure == Failure.UNKNOWN_NAME
