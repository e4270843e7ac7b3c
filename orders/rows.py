"""The rows of a list, given back when the rewards made from them come to nothing."""

from typing import Final

from django.db.models import QuerySet

from orders.models import Order, Reward
from programs.models import Sheet
from programs.sheets import taking

_AT_ONCE: Final = 1000


def give_back(rewards: QuerySet[Reward], *, problem: str = "") -> int:
    """Free the rows of these rewards, within a verb; how many rows that were.

    Each is ready again, or has `problem`, a sentence, to be seen to first. Rewards of
    no list have no rows.
    """
    rows = rewards.exclude(row=None).order_by("row_id").values_list("row_id", flat=True)
    ids = [pk for pk in rows if pk is not None]
    for start in range(0, len(ids), _AT_ONCE):
        taking.give_back(ids[start : start + _AT_ONCE], problem=problem)
    return len(ids)


def give_back_all(order: Order) -> None:
    """Free every row of an order that ends, also while it is still being filled."""
    if order.sheet_id is None:
        return
    give_back(order.rewards.all())
    being_filled = Sheet.objects.filter(pk=order.sheet_id, status=Sheet.Status.FILLING)
    if order.is_filling:
        being_filled.update(status=Sheet.Status.CHECKED)
