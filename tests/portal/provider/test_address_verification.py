"""POST /v1/AddressVerification: asked over HTTP, in every way it can be answered."""

import pytest

from portal.provider import bodies
from portal.provider.errors import Malformed, NoFunds, NotOffered, Unavailable

ASKED = {"line1": "1 City Hall Square", "city": "Boston", "state": "MA", "zip": "02210"}


def ask(client, **changes):
    return client.verify_address(bodies.encode_address(**{**ASKED, **changes}))


@pytest.fixture
def verifying(sandbox):
    sandbox.settings(address_verification="yes")
    return sandbox


@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_the_likeliest_address_comes_first(casing, client, verifying):
    verifying.settings(casing=casing)

    best, *_others = ask(client)

    assert (best.line1, best.line2, best.line3) == ("1 City Hall Sq", "", "")
    assert (best.city, best.state, best.zip) == ("Boston", "MA", "02201")


def test_an_address_it_does_not_know_has_no_suggestion(client, verifying):
    assert ask(client, line1="99 Nowhere Road", zip="02299") == ()


@pytest.mark.parametrize(
    ("state", "refusal"),
    [("no", NotOffered), ("disabled", NotOffered), ("no_funds", NoFunds)],
)
def test_an_account_may_lack_it_or_the_money_for_it(state, refusal, client, sandbox):
    sandbox.settings(address_verification=state)

    with pytest.raises(refusal):
        ask(client)


def test_it_is_off_unless_somebody_turns_it_on(client, sandbox):
    with pytest.raises(NotOffered):
        ask(client)


@pytest.mark.parametrize(
    "changes", [{"state": "Massachusetts"}, {"line1": "x" * 101}, {"city": ""}]
)
def test_the_sandbox_keeps_the_limits_of_an_address(changes, client, verifying):
    with pytest.raises(NotOffered):
        ask(client, **changes)


def test_a_server_that_is_down_is_said_to_be(client, verifying):
    verifying.settings(down="503")

    with pytest.raises(Unavailable):
        ask(client)


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"Suggestions": {}}', b'{"Suggestions": [{"City": "Rye"}]}']
)
def test_an_answer_that_cannot_be_read_is_said_to_be(body, answering):
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"

    with pytest.raises(Malformed):
        ask(answering(head % len(body) + body))


def test_an_answer_without_suggestions_is_none(answering):
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"

    assert ask(answering(head)) == ()


def test_nobody_is_named_in_what_is_asked_or_shown(client, verifying):
    body = bodies.encode_address(**ASKED)
    (best, *_others) = client.verify_address(body)

    assert b"Name" not in body
    assert "City Hall" not in repr(best)
