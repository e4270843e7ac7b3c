"""Orders by post from a list, in each kind of state that has a page of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.test import override_settings

from orders import approvals, drafts, releasing
from orders.models import Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from programs.models import Product
from programs.sheets import kinds
from programs.sheets.postal import NO_ADDRESS
from tests.orders.bulk import lists
from tests.orders.bulk.postal import rows

if TYPE_CHECKING:
    from tests.world import Side

# Accepted in a row: its person will be asked where they live.
ASKED = {kinds.ACCEPTED + NO_ADDRESS: "yes"}


def fill(side: "Side", product: Product) -> None:
    """Add them to the side's orders, by names that begin with "bulk post"."""
    side.orders["bulk post"] = _draft(side, product)
    side.orders["bulk post open"] = _draft(side, product, lacks_one=True)
    side.orders["bulk post submitted"] = submitted = _submitted(side, product)
    side.orders["bulk post sending"] = sending = _submitted(side, product)
    with override_settings(RELEASE_HOLD_SECONDS=0):
        approvals.approve(
            sending, content_hash=sending.content_hash, actor=actor_of(side.approver)
        )
        releasing.release(sending.pk, actor=WORKER)
    for order in (submitted, sending):
        order.refresh_from_db()


def _draft(side: "Side", product: Product, *, lacks_one: bool = False) -> Order:
    """Two people by post; one more by e-mail, in the order beside it."""
    found = [_row(side, rows.by_post, n, street=f"{n} {side.name} St") for n in (2, 3)]
    found.append(_row(side, rows.by_mail, 4))
    if lacks_one:
        email = f"lea5.{side.name.lower()}@example.com"
        open_one = {"street": "", "email": email, "fixes": ASKED}
        found.append(_row(side, rows.by_post, 5, **open_one))
    sheet = rows.make_sheet(
        side.program, product, side.manager, found, name=f"{side.name} cards.csv"
    )
    _digital, postal = lists.make_orders(sheet, side.manager)
    return postal


def _submitted(side: "Side", product: Product) -> Order:
    order = _draft(side, product)
    return drafts.submit(order, version=order.version, actor=actor_of(side.manager))


def _row(
    side: "Side", make: Callable[..., dict[str, Any]], number: int, **fields: object
) -> dict[str, Any]:
    """As it is made, for somebody of this side."""
    row = make(number, **fields)
    name = f"Lea {side.name} {number}"
    email = str(row["email"]) and f"lea{number}.{side.name.lower()}@example.com"
    cells = [name, email, *row["cells"][2:]]
    return {**row, "name": name, "email": email, "cells": cells}
