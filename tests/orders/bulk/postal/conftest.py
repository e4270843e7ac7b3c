"""A program that posts cards and mails links, and lists of both."""

import pytest

from orders import approvals, drafts
from orders.models import Order
from portal.accounts.models import User, actor_of
from programs.models import Product, Program, Sheet
from tests import factories
from tests.orders.bulk import lists
from tests.orders.bulk.postal import rows

BOTH_WAYS = ["DigitalDelivery", "PhysicalShipment"]


@pytest.fixture
def program(db: None, adam: User) -> Program:
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, delivery_types=BOTH_WAYS
    )


@pytest.fixture
def cvs(db: None) -> Product:
    """A card that goes either way."""
    return factories.make_product(
        "CVS", values=[10, 15, 25, 50, 100], delivery_types=BOTH_WAYS
    )


@pytest.fixture
def mixed(program: Program, cvs: Product, manu: User) -> Sheet:
    """Two rows by e-mail and three by post, one after the other."""
    found = [rows.by_mail(2), *map(rows.by_post, (3, 4, 5)), rows.by_mail(6)]
    return rows.make_sheet(program, cvs, manu, found)


@pytest.fixture
def parcels(program: Program, cvs: Product, manu: User) -> Sheet:
    """Eight rows by post."""
    return rows.make_sheet(program, cvs, manu, [rows.by_post(n) for n in range(2, 10)])


@pytest.fixture
def draft(parcels: Sheet, manu: User) -> Order:
    return lists.make_order(parcels, manu)


@pytest.fixture
def submitted(draft: Order, manu: User) -> Order:
    return drafts.submit(draft, version=draft.version, actor=actor_of(manu))


@pytest.fixture
def approved(submitted: Order, ada: User, at_once: None) -> Order:
    return approvals.approve(
        submitted, content_hash=submitted.content_hash, actor=actor_of(ada)
    )
