"""An order from a list in each kind of state that has a page of its own."""

from typing import TYPE_CHECKING

from django.test import override_settings

from orders import approvals, drafts, placing, releasing
from orders.models import Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.provider.types import FieldError, Refused
from programs.models import Product, SheetRow
from tests.orders.bulk import lists

if TYPE_CHECKING:
    from tests.world import Side


def fill(side: "Side", product: Product) -> None:
    """Add them to the side's orders, by names that begin with "bulk"."""
    side.orders["bulk"] = _draft(side, product)
    side.orders["bulk submitted"] = _submitted(side, product)
    with override_settings(RELEASE_HOLD_SECONDS=0):
        for name in ("bulk sending", "bulk failed"):
            order = _submitted(side, product)
            side.orders[name] = approvals.approve(
                order, content_hash=order.content_hash, actor=actor_of(side.approver)
            )
            releasing.release(order.pk, actor=WORKER)
    _refuse(side.orders["bulk failed"])
    for order in side.orders.values():
        order.refresh_from_db()


def _draft(side: "Side", product: Product) -> Order:
    """A draft of two people; a third row stays in the list."""
    rows: list[dict[str, object]] = []
    for number in range(3):
        name = f"Lea {side.name} {number}"
        email = f"lea{number}.{side.name.lower()}@example.com"
        rows.append({"name": name, "email": email, "cells": [name, email]})
    rows[2]["status"] = SheetRow.Status.PROBLEM
    sheet = lists.make_sheet(
        side.program, product, side.manager, rows, name=f"{side.name} people.csv"
    )
    return lists.make_order(sheet, side.manager)


def _submitted(side: "Side", product: Product) -> Order:
    order = _draft(side, product)
    return drafts.submit(order, version=order.version, actor=actor_of(side.manager))


def _refuse(order: Order) -> None:
    """The provider takes none of its rewards."""
    placement = order.placements.get()
    post = placing.begin(placement.pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    refusal = Refused((FieldError("LineItems", ("No such product.",)),))
    placing.answered(post.attempt_id, refusal, actor=WORKER)
