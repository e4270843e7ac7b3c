import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.provider.bearer import MemoryTokens
from portal.provider.errors import Unavailable
from portal.provider.types import Created, Token
from tests.portal.provider.examples import digital


def tokens_issued(sandbox) -> int:
    return sum(r["path"] == "/v1/Tokens" for r in sandbox.requests())


@pytest.mark.parametrize("unit", ["seconds", "minutes"])
@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_a_token_is_used_for_the_whole_of_its_life(unit, casing, client, sandbox):
    sandbox.settings(expires_in_unit=unit, casing=casing, token_life=3600)

    for number in range(5):
        client.find_orders(f"A-{number}")

    assert tokens_issued(sandbox) == 1


def test_short_lives_never_show(client, sandbox):
    sandbox.settings(token_life=2)
    end = time.monotonic() + 2.2
    number = 0

    while time.monotonic() < end:
        number += 1
        assert isinstance(client.create_order(digital(f"A-{number}")), Created)
        time.sleep(0.05)

    assert 401 not in [r["status"] for r in sandbox.requests()]
    assert tokens_issued(sandbox) == 2


@pytest.mark.parametrize(
    ("expires_in", "usable_for"), [(3600, 3540), (300, 240), (10, 8), (0, 0)]
)
def test_a_token_is_renewed_a_little_early(expires_in, usable_for):
    assert Token("t", expires_in).usable_for == usable_for


def test_a_token_without_a_life_is_asked_for_every_time():
    tokens, values = MemoryTokens(), iter("ab")

    assert [tokens.get(lambda: Token(next(values), 0)) for _ in "ab"] == ["a", "b"]


def test_many_threads_ask_for_one_token():
    tokens = MemoryTokens()
    issued: list[None] = []
    start = threading.Barrier(16)

    def issue() -> Token:
        time.sleep(0.02)
        issued.append(None)
        return Token(f"token-{len(issued)}", 3600)

    def race(_: int) -> str:
        start.wait()
        return tokens.get(issue)

    with ThreadPoolExecutor(16) as threads:
        values = set(threads.map(race, range(16)))

    assert values == {"token-1"}


def test_only_the_current_token_can_be_discarded():
    tokens = MemoryTokens()
    old = tokens.get(lambda: Token("old", 3600))
    tokens.discard(old)
    tokens.get(lambda: Token("new", 3600))

    tokens.discard(old)

    assert tokens.get(lambda: Token("newer", 3600)) == "new"


def test_a_token_that_was_not_issued_leaves_the_next_caller_free_to_ask():
    tokens = MemoryTokens()

    def fail() -> Token:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        tokens.get(fail)
    assert tokens.get(lambda: Token("t", 3600)) == "t"


def test_one_refusal_of_a_shared_token_costs_one_refresh(make_client, sandbox):
    tokens = MemoryTokens()
    client = make_client(tokens=tokens)
    client.find_orders("A")
    tokens.discard(tokens.get(lambda: Token("unreached", 1)))
    tokens.get(lambda: Token("dead", 3600))
    start = threading.Barrier(8)

    def look(_: int) -> int:
        start.wait()
        found = client.find_orders("A")
        client.close()
        return len(found)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(look, range(8))) == 0

    assert tokens_issued(sandbox) == 2
