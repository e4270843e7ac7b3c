"""Every way a POST /v1/Orders can end, over real HTTP."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from portal.provider.bearer import MemoryTokens
from portal.provider.types import (
    Created,
    Duplicate,
    FieldError,
    InsufficientFunds,
    Refused,
    Unknown,
)
from tests.portal.provider.conftest import until
from tests.portal.provider.examples import digital, links


@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_an_accepted_order_comes_back_whole(casing, client, sandbox):
    sandbox.settings(casing=casing)

    outcome = client.create_order(digital("A", lines=2))

    assert isinstance(outcome, Created)
    order = outcome.order
    assert (order.po_number, order.type) == ("A", "DigitalDelivery")
    assert order.status == "Completed"
    assert [line.external_id for line in order.lines] == ["A-0", "A-1"]
    assert [line.cost for line in order.lines] == [Decimal("14.70")] * 2
    assert client.get_order(order.id) == order


def test_the_bytes_arrive_as_they_were_given(client, sandbox):
    body = digital("A")

    client.create_order(body)

    assert sandbox.orders()[0]["body"].encode() == body


@pytest.mark.parametrize("casing", ["pascal", "camel"])
@pytest.mark.parametrize("shape", ["one", "many", "none"])
def test_a_taken_number_is_a_duplicate_in_every_shape(casing, shape, client, sandbox):
    sandbox.settings(casing=casing, conflict_shape=shape)
    first = client.create_order(digital("A"))

    outcome = client.create_order(digital("A"))

    assert outcome == Duplicate(() if shape == "none" else (first.order.id,))
    assert len(sandbox.orders()) == 1


def test_a_conflict_may_name_several_orders_or_a_foreign_one(client, sandbox):
    sandbox.settings(conflict_shape="many", conflict_ids=["o-1", "o-2"])
    sandbox.settings(next=["conflict_409"])

    outcome = client.create_order(digital("A"))

    assert outcome == Duplicate(("o-1", "o-2"))
    assert sandbox.orders() == []


@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_a_refusal_names_the_fields_and_leaves_the_number_free(casing, client, sandbox):
    sandbox.settings(casing=casing)

    outcome = client.create_order(digital("A", value="16"))

    reason = "LineItems[0].Value is not a valid denomination."
    assert outcome == Refused((FieldError("LineItems[0].Value", (reason,)),))
    assert isinstance(client.create_order(digital("A")), Created)


@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_an_empty_account_is_insufficient_funds(casing, client, sandbox):
    sandbox.settings(casing=casing, balance="14.69")

    outcome = client.create_order(digital("A"))

    assert outcome == InsufficientFunds(Decimal("14.69"), Decimal("14.70"))
    sandbox.settings(balance="14.70")
    assert isinstance(client.create_order(digital("A")), Created)


ACCEPTED = ["cut_after", "504_after", "garbage_after"]
NOT_ACCEPTED = ["cut_before", "error_500", "too_many_429", "forbidden_403"]


@pytest.mark.parametrize("fault", ACCEPTED)
def test_an_order_accepted_without_a_clear_answer_is_unknown(fault, client, sandbox):
    sandbox.settings(next=[fault])

    first = client.create_order(digital("A"))
    second = client.create_order(digital("A"))

    assert isinstance(first, Unknown)
    assert not first.denied
    assert second == Duplicate((sandbox.orders()[0]["Id"],))
    assert len(sandbox.orders()) == 1


@pytest.mark.parametrize("fault", NOT_ACCEPTED)
def test_an_order_lost_on_the_way_is_unknown_too(fault, client, sandbox):
    sandbox.settings(next=[fault])

    first = client.create_order(digital("A"))
    second = client.create_order(digital("A"))

    assert isinstance(first, Unknown)
    assert first.denied == (fault == "forbidden_403")
    assert isinstance(second, Created)


def test_too_many_requests_say_when_to_come_back(client, sandbox):
    sandbox.settings(next=["too_many_429"], retry_after=17)

    outcome = client.create_order(digital("A"))

    assert outcome == Unknown("unavailable (429)", retry_after=17.0)


def test_insufficient_funds_may_come_out_of_the_blue(client, sandbox):
    sandbox.settings(next=["insufficient_422"])

    assert isinstance(client.create_order(digital("A")), InsufficientFunds)
    assert sandbox.orders() == []


def test_a_dead_token_is_renewed_once_and_the_same_bytes_sent_again(client, sandbox):
    sandbox.settings(next=["unauthorized_401"])

    outcome = client.create_order(digital("A"))

    assert isinstance(outcome, Created)
    asked = [
        (r["path"], r["status"]) for r in sandbox.requests() if "/v1/" in r["path"]
    ]
    assert asked == [
        ("/v1/Tokens", 200),
        ("/v1/Orders", 401),
        ("/v1/Tokens", 200),
        ("/v1/Orders", 201),
    ]


def test_refused_twice_is_denied(client, sandbox):
    sandbox.settings(next=["unauthorized_401", "unauthorized_401"])

    assert client.create_order(digital("A")) == Unknown("denied (401)", denied=True)


def test_wrong_credentials_are_denied(make_client):
    client = make_client(access_token="wrong")

    assert client.create_order(digital("A")) == Unknown("denied (401)", denied=True)


@pytest.mark.parametrize("down", ["503", "closed"])
def test_a_provider_that_is_down_is_unknown(down, client, sandbox):
    sandbox.settings(down=down)

    outcome = client.create_order(digital("A"))

    assert isinstance(outcome, Unknown)
    assert not outcome.denied


def test_nobody_listening_is_unknown(make_client):
    client = make_client(base_url="http://127.0.0.1:9")

    assert client.create_order(digital("A")) == Unknown("the connection failed")


def test_an_answer_that_comes_too_late_is_unknown_though_the_order_lands(
    make_client, sandbox
):
    tokens = MemoryTokens()
    make_client(tokens=tokens).find_orders("A")
    client = make_client(tokens=tokens, timeout=(1, 0.1))
    sandbox.settings(latency=0.3)

    outcome = client.create_order(digital("A"))

    assert outcome == Unknown("no answer in time")
    sandbox.settings(latency=0)
    until(sandbox.orders)
    assert isinstance(make_client().create_order(digital("A")), Duplicate)


def test_one_number_raced_by_many_threads_makes_one_order(make_client, sandbox):
    client, body = make_client(), digital("A")
    start = threading.Barrier(32)

    def race(_: int) -> str:
        start.wait()
        outcome = client.create_order(body)
        client.close()
        return type(outcome).__name__

    with ThreadPoolExecutor(32) as threads:
        outcomes = sorted(threads.map(race, range(32)))

    assert outcomes == ["Created"] + ["Duplicate"] * 31
    assert len(sandbox.orders()) == 1
    assert sandbox.attempts()["A"]["bodies"] == 1


def test_links_bring_their_claims(client):
    outcome = client.create_order(links("A", quantity=3))

    claims = outcome.order.lines[0].claims
    assert len({claim.link for claim in claims}) == 3
    assert all(claim.challenge_answer for claim in claims)


def plain(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff not HTTP at all\r\n\r\n",
        b"HTTP/1.1 2o1 Created\r\n\r\n",
        plain("200 OK", b'{"Id": "o-1"}'),
        plain("202 Accepted", b'{"Id": "o-1"}'),
        plain("204 No Content"),
        plain("201 Created"),
        plain("201 Created", b"[]"),
        plain("201 Created", b'{"Status": "Completed"}'),
        plain("201 Created", b'{"Id": "o-1"}')[:-5],
        plain("201 Created", b"<html>", "Content-Encoding: gzip"),
        plain("201 Created", gzip.compress(b"[") * 9, "Content-Encoding: gzip"),
        plain("404 Not Found"),
        plain("418 I'm a teapot"),
        plain("502 Bad Gateway", b"<html>"),
        plain("503 Service Unavailable", b"", "Retry-After: soon"),
        b"HTTP/1.1 201 Created\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 201 Created\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_nothing_a_server_says_raises(answer, answering):
    outcome = answering(answer).create_order(digital("A"))

    assert isinstance(outcome, Unknown)
    assert "A" not in outcome.reason


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308"])
@pytest.mark.parametrize("location", ["http://127.0.0.1:9/elsewhere", "http://[broken"])
def test_a_redirect_is_neither_followed_nor_looked_at(status, location, answering):
    client = answering(plain(f"{status} Away", b"", f"Location: {location}"))

    assert client.create_order(digital("A")) == Unknown(f"unexpected answer ({status})")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("999999999", 3600.0),
        ("-5", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("tomorrow", None),
    ],
)
def test_retry_after_is_read_with_caution(header, seconds, answering):
    client = answering(plain("429 Too Many", b"", f"Retry-After: {header}"))

    assert client.create_order(digital("A")).retry_after == seconds


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("400 Bad Request", Refused(())),
        ("409 Conflict", Duplicate(())),
        ("422 Unprocessable", InsufficientFunds(None, None)),
    ],
)
def test_a_clear_refusal_needs_no_readable_body(status, outcome, answering):
    assert answering(plain(status, b"<html>")).create_order(digital("A")) == outcome
