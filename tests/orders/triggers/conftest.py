"""A program whose rewards need no approval, a live key of it, and a rule."""

import pytest

from orders.models import Rule, Side
from programs.models import ApiKey, Program
from tests import factories
from tests.orders.triggers import made


@pytest.fixture
def program(db, adam) -> Program:
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, approval_rule="never"
    )


@pytest.fixture
def key(program, manu) -> ApiKey:
    return made.make_key(program, manu)


@pytest.fixture
def test_key(program, manu) -> ApiKey:
    return made.make_key(
        program, manu, secret=f"{made.SECRET}test", mode=ApiKey.Mode.TEST
    )


@pytest.fixture
def rule(program, cvs, manu, ada) -> Rule:
    """$15 by e-mail to whoever bought something for 50 or more."""
    conditions = [[{"attribute": "purchase", "op": "ge", "value": "50"}]]
    return made.make_rule(program, cvs, manu, ada, conditions=conditions)


@pytest.fixture
def referral(program, cvs, manu, ada) -> Rule:
    """$15 for the friend and $25 for the advocate."""
    gifts = {Side.PERSON: 15, Side.ADVOCATE: 25}
    return made.make_rule(program, cvs, manu, ada, name="Both sides", gifts=gifts)
