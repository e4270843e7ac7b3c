"""A program that posts cards and sends them to screens."""

import pytest

from portal.accounts.models import User
from programs.models import Product, Program
from tests import factories
from tests.programs.sheets.postal import posted


@pytest.fixture
def program(db: None, adam: User) -> Program:
    return factories.make_program(
        "Spring", funded=1000, funded_by=adam, delivery_types=posted.BOTH
    )


@pytest.fixture
def cvs(db: None) -> Product:
    return posted.make_card()
