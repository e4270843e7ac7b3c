"""A receiver on loopback, an endpoint that leads to it, and somebody to look."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from orders.models import Endpoint
from portal.accounts.models import User
from programs.models import Program
from tests.orders.webhooks import made
from tests.receiving import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_TO_PRIVATE = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def secret() -> list[str]:
    """Filled by `endpoint`: a secret is seen once."""
    return []


@pytest.fixture
def endpoint(
    program: Program, manu: User, receiver: Receiver, secret: list[str]
) -> Endpoint:
    endpoint, shown = made.make_endpoint(program, manu, url=f"{receiver.url}/in")
    secret.append(shown)
    return endpoint
