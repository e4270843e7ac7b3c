"""The rows of a list, given back when the rewards made from them come to nothing."""

from typing import Final

from django.db.models import F, QuerySet

from orders.models import Order, Reward
from orders.states import EDITABLE
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
    if order.is_filling:
        free_list(order)


def free_list(order: Order) -> None:
    """People may work on the list again, unless another order is filled from it still.

    Within the verb that locks this order, and after which nobody fills it any more.
    """
    if order.sheet_id is None:
        return
    # The list's lock makes two orders that are complete at once see each other.
    sheet = Sheet.objects.select_for_update().get(pk=order.sheet_id)
    if sheet.status != Sheet.Status.FILLING:
        return
    if being_filled(sheet.pk).exclude(pk=order.pk).exists():
        return
    sheet.status = Sheet.Status.CHECKED
    sheet.version += 1
    sheet.save(update_fields=["status", "version"])


def being_filled(sheet_id: int) -> QuerySet[Order]:
    """The orders that rewards are made for from the list's rows at this moment."""
    return Order.objects.filter(
        sheet=sheet_id,
        status__in=EDITABLE,
        rewards_count__lt=F("rewards_planned"),
    )
