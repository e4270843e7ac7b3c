"""Whoever enters an address must not reach by it what only this machine can."""

import socket

import pytest

from portal.egress.addresses import objection
from portal.egress.courier import Courier, Failure

# Every way there is to write that it is this machine, its network or its cloud.
PRIVATE = (
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost.localdomain/",
    "https://api.localhost/",
    "https://printer.local/",
    "https://db.internal/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://router.home.arpa/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/hooks",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0177.0x0.0.1/",
    "https://127.255.255.254/",
    "https://0.0.0.0/",
    "https://0/",
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://0xa000001/",
    "https://012.0.0.1/",
    "https://167772161/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://192.168.1.254:8080/",
    "https://3232235777/",
    "https://0xc0a80101/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://0251.0376.0251.0376/",
    "https://169.254.170.2/v2/credentials",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://100.100.100.200/latest/meta-data/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://198.51.100.7/",
    "https://203.0.113.7/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[0:0:0:0:0:ffff:c0a8:0101]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
)
CREDENTIALS = (
    "https://user:secret@example.com/",
    "https://user@example.com/",
    "https://:secret@example.com/",
    "https://@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
)
NONSENSE = (
    "",
    "example.com",
    "//example.com/",
    "https://",
    "https:///hooks",
    "https://?a=b",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "data:text/plain,a",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:port/",
    "https://[::1/",
    "https://[example.com]/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/\r\nHost: 127.0.0.1",
    "https://example.com/a b",
    "https://exämple.com/",
    "https://example。com/",
    "https://①②⑦.0.0.1/",
)
PUBLIC = (
    "https://example.com/webhooks",
    "https://hooks.example.com:8443/a/b?token=c",
    "https://93.184.215.14/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/hooks",
    "https://127.0.0.1.example.com/",
    "https://localhost.example.com/",
    "https://xn--exmple-cua.com/",
)


def resolves_to(monkeypatch, *answers):
    """Names stand for these addresses, one look-up after the other; literals for
    themselves. Whoever connects to a public one finds nobody."""
    asked = []
    plain = socket.getaddrinfo

    def look_up(host, port, *args, **options):
        if host.replace(".", "").isdecimal() or ":" in host:
            return plain(host, port, *args, **options)
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return plain(address, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.fixture
def connections(monkeypatch):
    """Every address that something is connected to; none is reached."""
    made = []

    def connect(self, address):
        made.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return made


@pytest.mark.parametrize("url", PRIVATE)
def test_a_private_address_is_refused_with_the_reason(url):
    assert "private network" in (objection(url) or "")


@pytest.mark.parametrize("url", PRIVATE)
def test_nothing_connects_to_a_private_address(url, connections, monkeypatch):
    resolves_to(monkeypatch, "127.0.0.1")

    with Courier() as courier:
        answer = courier.post(url, b"{}", {})

    assert connections == []
    assert answer.status is None
    assert answer.failure in (Failure.FORBIDDEN, Failure.UNKNOWN_NAME, Failure.BROKEN)


@pytest.mark.parametrize("url", CREDENTIALS)
def test_a_name_or_password_in_the_address_is_refused(url):
    assert "name and password" in (objection(url) or "")


@pytest.mark.parametrize("url", NONSENSE)
def test_what_is_no_address_is_refused(url):
    assert "whole address" in (objection(url) or "")


@pytest.mark.parametrize("url", NONSENSE)
def test_what_is_no_address_is_sent_nowhere(url, connections, monkeypatch):
    resolves_to(monkeypatch, "127.0.0.1")

    with Courier() as courier:
        answer = courier.post(url, b"{}", {})

    assert connections == []
    assert answer.status is None


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_address_is_fine(url):
    assert objection(url) is None


def test_what_is_not_encrypted_is_refused():
    assert "https://" in (objection("http://example.com/") or "")


def test_a_fragment_is_refused():
    assert "#" in (objection("https://example.com/#part") or "")


def test_where_private_addresses_are_allowed_so_is_http(settings):
    settings.WEBHOOK_TO_PRIVATE = True

    assert objection("http://127.0.0.1:8000/hooks") is None
    assert objection("http://user:secret@127.0.0.1/") is not None
