"""A program that posts cards."""

from collections.abc import Callable
from functools import partial

import pytest

from portal.accounts.models import User
from portal.permissions import ROLES, Permission, Role
from programs.models import Product, Program
from tests import factories
from tests.orders.shipments.filled import fill


@pytest.fixture
def program(db: None, adam: User) -> Program:
    return factories.make_program(
        "Spring",
        funded=1000,
        funded_by=adam,
        delivery_types=["DigitalDelivery", "PhysicalShipment"],
    )


@pytest.fixture
def card(db: None) -> Product:
    """A card that can be posted, without a card carrier."""
    return factories.make_product(
        "CVS",
        values=[10, 15, 25, 50, 100],
        delivery_types=["DigitalDelivery", "Links", "PhysicalShipment"],
    )


@pytest.fixture
def typed(program: Program, card: Product) -> Callable[..., dict[str, str]]:
    return partial(fill, program, card)


@pytest.fixture
def may_not_override(monkeypatch: pytest.MonkeyPatch) -> None:
    less = ROLES[Role.MANAGER] - {Permission.ADDRESSES_OVERRIDE}
    monkeypatch.setitem(ROLES, Role.MANAGER, less)
