"""Order.status changes here and nowhere else.

Every change of status also raises the version, so that a screen that shows the order as
it was can be told from one that shows it as it is.
"""

from django.utils import timezone

from orders import announcing
from orders.models import Order, Placement, Reward
from orders.states import (
    TRANSITIONS,
    OrderStatus,
    PlacementStatus,
    RewardStatus,
)


class TransitionRefused(Exception):
    """The order is not in a state from which this may follow."""

    def __init__(self, order: Order, to: OrderStatus) -> None:
        super().__init__(f"{order.status} cannot become {to}")
        self.order = order
        self.to = to


class StaleOrder(Exception):
    """The order changed since it was shown."""

    def __init__(self, order: Order) -> None:
        super().__init__(f"order {order.pk} is at version {order.version}")
        self.order = order


def lock(order_id: int) -> Order:
    """The order, locked until the transaction ends. Lock it before its program."""
    return lock_of(pk=order_id)


def lock_of(**which: int) -> Order:
    """The one order with this, such as `placements=7`, locked likewise."""
    return (
        Order.objects.select_for_update(of=("self",))
        .select_related("program")
        .get(**which)
    )


def move(order: Order, to: OrderStatus, *, problem: str = "") -> None:
    """Change the status of a locked order. Raises TransitionRefused."""
    if to not in TRANSITIONS[OrderStatus(order.status)]:
        raise TransitionRefused(order, to)
    now = timezone.now()
    order.status = to
    order.problem = problem
    order.version += 1
    if to == OrderStatus.SUBMITTED:
        order.submitted_at = now
    elif to == OrderStatus.APPROVED:
        order.approved_at = now
    elif to in (OrderStatus.COMPLETED, OrderStatus.COMPLETED_WITH_FAILURES):
        order.completed_at = now
    order.save(
        update_fields=[
            "status",
            "problem",
            "version",
            "submitted_at",
            "approved_at",
            "release_at",
            "completed_at",
            "content_hash",
            "rule",
        ]
    )
    announcing.soon(order)


def explain(order: Order, problem: str) -> None:
    """Say what stands in the way of a locked order, without changing its status."""
    Order.objects.filter(pk=order.pk).update(problem=problem)
    order.problem = problem


def pause(order: Order, *, is_paused: bool = True) -> None:
    """Let nothing more of a locked order go out, or let it go on."""
    if order.is_paused != is_paused:
        order.is_paused = is_paused
        order.version += 1
        order.save(update_fields=["is_paused", "version"])


def conclude(order: Order) -> None:
    """Bring a placed order's status in line with its placements and rewards."""
    # Asked of the database: an order may have thousands, each with a long body.
    placements = Placement.objects.filter(order=order)
    found = set(placements.order_by().values_list("status", "is_abandoned").distinct())
    statuses = {status for status, _is_abandoned in found}
    problem = ""
    if PlacementStatus.NEEDS_ATTENTION in statuses:
        to = OrderStatus.NEEDS_ATTENTION
        waiting = placements.filter(status=PlacementStatus.NEEDS_ATTENTION)
        problem = waiting.order_by("pk").values_list("problem", flat=True)[0]
    elif statuses <= {PlacementStatus.COMPLETED, PlacementStatus.REFUSED}:
        to = _ending(
            order, all_abandoned=all(abandoned for _status, abandoned in found)
        )
    else:
        to = OrderStatus.PLACING
    if to != order.status:
        move(order, to, problem=problem)
        return
    if problem != order.problem:
        explain(order, problem)
    announcing.soon(order)  # of its rewards, one of which may have changed


def _ending(order: Order, *, all_abandoned: bool) -> OrderStatus:
    if all_abandoned:
        return OrderStatus.CANCELLED
    lost = {RewardStatus.FAILED, RewardStatus.CANCELLED}
    rewards = Reward.objects.filter(order=order).order_by()
    statuses = set(rewards.values_list("status", flat=True).distinct())
    if RewardStatus.PLACED in statuses:
        return OrderStatus.PLACING  # Filled, says the provider, but not sent yet.
    if statuses & lost:
        return OrderStatus.COMPLETED_WITH_FAILURES
    return OrderStatus.COMPLETED
