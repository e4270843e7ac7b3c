"""The token every process shares: refreshed once, whoever asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection

from portal.provider.client import Client
from portal.provider.errors import Denied
from portal.provider.models import BearerToken
from portal.provider.sandbox.launch import Sandbox
from portal.provider.tokens import DatabaseTokens

pytestmark = pytest.mark.django_db(transaction=True)


def provider(sandbox: Sandbox, access_token: str | None = None) -> Client:
    # A store of its own each time, as every process has.
    return Client(
        base_url=sandbox.base_url,
        email=sandbox.email,
        access_token=access_token or sandbox.access_token,
        tokens=DatabaseTokens("tests"),
    )


def issued(sandbox: Sandbox) -> int:
    return sum(request["path"] == "/v1/Tokens" for request in sandbox.requests())


def brandings(client: Client) -> int:
    try:
        return len(list(client.brandings()))
    finally:
        client.close()


def test_sixteen_processes_at_once_ask_for_one_token(sandbox):
    sandbox.settings(latency=0.05)

    def ask(_: int) -> int:
        try:
            return brandings(provider(sandbox))
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(ask, range(16)))

    assert counts == [2] * 16
    assert issued(sandbox) == 1


def test_the_token_is_stored_encrypted(sandbox):
    brandings(provider(sandbox))

    row = BearerToken.objects.get()

    assert row.value_ciphertext
    assert DatabaseTokens("tests").get(lambda: pytest.fail("asked again")) not in (
        row.value_ciphertext
    )


def test_a_token_that_ran_out_is_replaced(sandbox):
    brandings(provider(sandbox))

    with time_machine.travel(BearerToken.objects.get().expires_at, tick=True):
        brandings(provider(sandbox))

    assert issued(sandbox) == 2


def test_a_token_the_provider_refuses_is_replaced_once(sandbox):
    brandings(provider(sandbox))
    sandbox.reset()

    assert brandings(provider(sandbox)) == 2
    assert issued(sandbox) == 1


def test_a_failed_refresh_lets_the_next_one_try(sandbox):
    with pytest.raises(Denied):
        brandings(provider(sandbox, access_token="wrong"))

    assert brandings(provider(sandbox)) == 2
