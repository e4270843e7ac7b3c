"""Whether an order's page should look again, and what tells two looks apart."""

from collections.abc import Collection, Sequence

from orders.models import Order
from orders.states import REWARD_FINAL, OrderStatus
from portal.audit.timeline import Event

# In these an order waits for a person, so its page need not ask again and again.
_STILL = frozenset(
    {
        OrderStatus.DRAFT,
        OrderStatus.COLLECTING,
        OrderStatus.CHANGES_REQUESTED,
        OrderStatus.REJECTED,
        OrderStatus.CANCELLED,
        OrderStatus.EXPIRED,
    }
)


def is_moving(order: Order, rewards: Collection[str]) -> bool:
    """Whether anything may change without a person; `rewards` are their statuses."""
    if order.status in _STILL:
        return order.is_filling and order.status != OrderStatus.CANCELLED
    if order.completed_at is None:
        return True
    # Many are claimed over weeks; whoever wants to see more loads the page again.
    is_single = order.shape == Order.Shape.SINGLE
    return is_single and not set(rewards) <= REWARD_FINAL


def seen(order: Order, events: Sequence[Event], *marks: object) -> str:
    """Tells one look at the page from the next: most of what moves it is an act."""
    latest = events[0].at.isoformat() if events else ""
    return " ".join(str(mark) for mark in (order.version, latest, *marks))
