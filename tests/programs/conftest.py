"""More of the cast: whom the tests of programs need besides."""

import pytest
from django.test import Client

from portal.accounts.models import User, actor_of
from portal.actors import WORKER, Actor
from portal.permissions import Role
from portal.provider import connection
from portal.provider.sandbox.launch import Sandbox
from programs import catalogue
from programs.models import Program
from tests import factories


@pytest.fixture
def boss(adam: User) -> Actor:
    """Adam, as verbs see him."""
    return actor_of(adam)


@pytest.fixture
def petra(program: Program) -> User:
    """Petra administers the Spring program alone."""
    return factories.make_member("Petra", program, Role.ADMINISTRATOR)


@pytest.fixture
def as_petra(petra: User) -> Client:
    return factories.signed_in(petra)


@pytest.fixture
def synced(db: None, sandbox: Sandbox) -> Sandbox:
    """The sandbox, and our copy of what it sells."""
    catalogue.apply(catalogue.snapshot(connection.client()), actor=WORKER)
    return sandbox
