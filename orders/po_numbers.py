"""PONumbers: unique, editable, and counted up from a configurable pattern.

The pattern may hold {number} (counted per pattern), {date} (yymmdd, UTC) and {random}
(four letters). Two installations on one provider account need different patterns.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, islice
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from orders.models import Order, Placement, PoSequence

MOST: Final = 100  # provider-api: Orders, PONumber
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class PoNumberTaken(Exception):
    """Another order has this PONumber already."""


def next_number(pattern: str = "") -> str:
    """The next free PONumber, of PO_PATTERN if not another, within a transaction.

    Where a pattern without {number} gives a taken one, a count is put behind it.
    """
    pattern = pattern or settings.PO_PATTERN
    while is_taken(candidate := _fill(pattern)):
        if "{number}" not in pattern:
            pattern += "-{number}"
    return candidate


def for_placements(order: Order, wanted: int) -> list[str]:
    """So many free PONumbers for an order's placements, within a verb that locks it.

    The only placement an order has keeps the order's number; others count behind it.
    """
    made = order.placements.count()
    if made == 0 and wanted == 1:
        return [order.po_number]
    similar = Q(po_number__istartswith=f"{order.po_number}-")
    taken = {
        number.casefold()
        for rows in (Order.objects.filter(similar), Placement.objects.filter(similar))
        for number in rows.values_list("po_number", flat=True)
    }
    candidates = (f"{order.po_number}-{n:03d}" for n in count(made + 1))
    free = (each for each in candidates if each.casefold() not in taken)
    return list(islice(free, wanted))


@contextmanager
def refusing_taken(po_number: str, *, besides: Order | None = None) -> Iterator[None]:
    """Raise PoNumberTaken where another order has it, or gets it in this very moment.

    Wraps the statement that stores the number.
    """
    if is_taken(po_number, besides=besides):
        raise PoNumberTaken(po_number)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        if is_taken(po_number, besides=besides):
            raise PoNumberTaken(po_number) from None
        raise


def is_taken(po_number: str, *, besides: Order | None = None) -> bool:
    """Whether an order or a placement has it; `besides` is left out."""
    orders = Order.objects.filter(po_number__iexact=po_number)
    placements = Placement.objects.filter(po_number__iexact=po_number)
    if besides is not None:
        orders = orders.exclude(pk=besides.pk)
        placements = placements.exclude(order=besides)
    return orders.exists() or placements.exists()


def _fill(pattern: str) -> str:
    filled = pattern.replace("{date}", f"{timezone.now():%y%m%d}")
    if "{random}" in pattern:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(4))
        filled = filled.replace("{random}", letters)
    if "{number}" in pattern:
        filled = filled.replace("{number}", str(_count(pattern)))
    return filled


def _count(pattern: str) -> int:
    sequence, _created = PoSequence.objects.select_for_update().get_or_create(
        pattern=pattern, defaults={"last_number": settings.PO_FIRST_NUMBER - 1}
    )
    PoSequence.objects.filter(pk=sequence.pk).update(last_number=F("last_number") + 1)
    return sequence.last_number + 1
