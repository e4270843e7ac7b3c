"""Orders of a list on their way: approved, and released in placements of three."""

import pytest

from orders import approvals, drafts
from portal.accounts.models import actor_of
from tests.orders.bulk import lists


@pytest.fixture
def release(cvs, ada, settings, at_once, sandbox):
    """An approved order of a list's ready rows, due at once."""
    settings.PLACEMENT_MOST_LINES = 3

    def release(sheet, maker):
        order = lists.make_order(sheet, maker)
        order = drafts.submit(order, version=order.version, actor=actor_of(maker))
        return approvals.approve(
            order, content_hash=order.content_hash, actor=actor_of(ada)
        )

    return release
