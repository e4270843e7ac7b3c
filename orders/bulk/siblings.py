"""Orders that came from the same list: what goes to screens, and what is posted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.utils.translation import ngettext

from orders.models import Order
from orders.states import EDITABLE, OrderStatus
from portal.money import Money
from programs.models import Sheet

_GONE: Final = (OrderStatus.REJECTED, OrderStatus.CANCELLED, OrderStatus.EXPIRED)
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Sibling:
    """One order of a list, in words: 80 cards by post."""

    order: Order

    @property
    def words(self) -> str:
        return in_words(self.order)

    @property
    def is_due(self) -> bool:
        """Whether it waits to be checked and submitted."""
        return self.order.status in EDITABLE


@dataclass(frozen=True, slots=True)
class Together:
    """What a list's drafts come to, and how far they are filled."""

    siblings: Sequence[Sibling]
    total: Money
    available: Money
    done: int
    planned: int

    @property
    def is_filling(self) -> bool:
        return any(each.order.is_filling for each in self.siblings)

    @property
    def is_too_much(self) -> bool:
        """Whether the budget does not hold them all."""
        return self.total > self.available


def of(order: Order) -> list[Sibling]:
    """The other orders of this one's list that may come to something; one query.

    Those that wait for a person come first. None for an order without a list.
    """
    if order.sheet_id is None:
        return []
    found = list(_living(order.sheet_id).exclude(pk=order.pk)[:_MOST])
    return _first_due(found)


def together(sheet: Sheet) -> Together:
    """The list's orders as the page that leads through them shows them; one query."""
    found = list(_living(sheet.pk).filter(rewards_planned__gt=0)[:_MOST])
    siblings = _first_due(found)
    due = [each.order for each in siblings if each.is_due]
    program = sheet.program
    return Together(
        siblings=siblings,
        total=sum((order.estimate for order in due), program.money(0)),
        available=program.available,
        done=sum(order.rewards_count for order in due),
        planned=sum(order.rewards_planned for order in due),
    )


def in_words(order: Order) -> str:
    """How many of what goes which way."""
    count = order.rewards_planned
    words = (
        ngettext("%(n)s card by post", "%(n)s cards by post", count)
        if order.is_postal
        else ngettext(
            "%(n)s reward by e-mail or SMS", "%(n)s rewards by e-mail or SMS", count
        )
    )
    return words % {"n": intcomma(count)}


def _living(sheet_id: int) -> QuerySet[Order]:
    found = Order.objects.filter(sheet=sheet_id).exclude(status__in=_GONE)
    return found.order_by("-pk")


def _first_due(orders: Sequence[Order]) -> list[Sibling]:
    """Drafts first, what goes to screens before what is posted, the older first."""
    siblings = [Sibling(order) for order in orders]
    return sorted(
        siblings, key=lambda each: (not each.is_due, each.order.type, each.order.pk)
    )
