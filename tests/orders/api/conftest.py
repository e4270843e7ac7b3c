"""What the triggers' tests stand on, called over HTTP."""

import pytest

from orders.models import Rule
from programs.models import ApiKey
from tests.orders.api.calling import Caller
from tests.orders.triggers import made
from tests.orders.triggers.conftest import key, program, referral, rule, test_key

__all__ = ["key", "program", "referral", "rule", "test_key"]


@pytest.fixture
def caller(key: ApiKey) -> Caller:
    """A system with a live key that may do everything."""
    return Caller(made.SECRET)


@pytest.fixture
def tester(test_key: ApiKey) -> Caller:
    """The same with a test key."""
    return Caller(f"{made.SECRET}test")


@pytest.fixture
def running(rule: Rule, caller: Caller) -> Caller:
    """A caller whose events match a rule."""
    return caller
