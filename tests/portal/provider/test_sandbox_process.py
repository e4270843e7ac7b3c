"""The sandbox as a process: it remembers, and it ends."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from portal.provider.bearer import MemoryTokens
from portal.provider.client import Client
from portal.provider.sandbox.launch import NotStarted, Sandbox, launch
from portal.provider.types import Created, Duplicate
from tests.portal.provider.conftest import until
from tests.portal.provider.examples import digital


def test_orders_outlive_a_sigkill_and_a_clean_stop(tmp_path):
    data = tmp_path / "sandbox.sqlite3"
    with launch(data=data) as sandbox, client_of(sandbox) as client:
        outcome = client.create_order(digital("A"))
        assert isinstance(outcome, Created)
        first = outcome.order
        sandbox.process.send_signal(signal.SIGKILL)
        sandbox.process.wait()
    with launch(data=data, balance="29.39") as sandbox, client_of(sandbox) as client:
        assert client.create_order(digital("A")) == Duplicate((first.id,))
        assert client.get_order(first.id).id == first.id
        # The balance still knows of the 14.70 spent in the other life.
        assert type(client.create_order(digital("B"))).__name__ == "InsufficientFunds"
        sandbox.process.send_signal(signal.SIGINT)
        assert sandbox.process.wait(timeout=5) == 0
    with launch(data=data) as sandbox:
        assert len(sandbox.orders()) == 1
        assert sandbox.stop() == 0


def test_a_sandbox_ends_with_its_parent():
    program = """
import sys, time
from portal.provider.sandbox.launch import launch
with launch() as sandbox:
    print(sandbox.process.pid, sandbox.base_url, flush=True)
    time.sleep(60)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    base_url = parent.stdout.readline().split()[1]
    assert requests.get(base_url, timeout=5).ok

    parent.kill()
    parent.communicate()

    until(lambda: not answers(base_url))


def test_a_bad_setting_is_refused_by_name(sandbox, capfd):
    with pytest.raises(ValueError, match="casing cannot be 'shouting'"):
        sandbox.settings(casing="shouting")
    with pytest.raises(ValueError, match="there is no setting"):
        sandbox.settings(colour="red")
    with pytest.raises(NotStarted), launch(casing="shouting"):
        pass
    assert "casing cannot be" in capfd.readouterr().err


@contextmanager
def client_of(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(
        base_url=sandbox.base_url,
        email=sandbox.email,
        access_token=sandbox.access_token,
        tokens=MemoryTokens(),
    )
    yield client
    client.close()


def answers(base_url: str) -> bool:
    try:
        return requests.get(base_url, timeout=1).ok
    except requests.ConnectionError:
        return False
