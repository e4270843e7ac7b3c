"""Something on loopback that nobody is meant to reach."""

from collections.abc import Iterator

import pytest

from tests.receiving import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
