"""Lists as they are once their rows are checked, made without a file."""

from collections.abc import Mapping, Sequence

from orders.bulk import filling
from orders.models import Order
from portal.accounts.models import User, actor_of
from programs.models import Product, Program, Sheet, SheetRow

COLUMNS = ["Name", "E-mail"]
MAPPING = {"name": 0, "email": 1}


def make_sheet(
    program: Program,
    product: Product,
    maker: User,
    rows: int | Sequence[Mapping[str, object]] = 3,
    **fields: object,
) -> Sheet:
    """A checked list of ready rows, each a $10 card by e-mail unless told otherwise."""
    given = [{}] * rows if isinstance(rows, int) else rows
    sheet = Sheet.objects.create(
        **{
            "program": program,
            "purpose": Sheet.Purpose.REWARDS,
            "name": "people.csv",
            "digest": "0" * 64,
            "size": 1,
            "status": Sheet.Status.CHECKED,
            "columns": COLUMNS,
            "mapping": MAPPING,
            "answers": {},
            "rows_total": len(given),
            "created_by": maker,
            **fields,
        }
    )
    SheetRow.objects.bulk_create(
        _row(sheet, number, product, each) for number, each in enumerate(given, 2)
    )
    return sheet


def _row(
    sheet: Sheet, number: int, product: Product, fields: Mapping[str, object]
) -> SheetRow:
    name = f"Person {number}"
    email = fields.get("email", f"person{number}@example.com")
    return SheetRow(
        **{
            "sheet": sheet,
            "number": number,
            "cells": [name, email],
            "status": SheetRow.Status.READY,
            "name": name,
            "email": email,
            "product": product,
            "value_minor": 1000,
            "quantity": 1,
            **fields,
        }
    )


def make_order(sheet: Sheet, maker: User) -> Order:
    """The draft of the list's ready rows, which all go the same way."""
    (order,) = make_orders(sheet, maker)
    return order


def make_orders(sheet: Sheet, maker: User) -> list[Order]:
    """The drafts of the list's ready rows, by the way they go."""
    actor = actor_of(maker)
    orders = filling.begin(sheet, version=sheet.version, actor=actor)
    for order in orders:
        assert filling.fill_some(order.pk, actor=actor)
        order.refresh_from_db()
    sheet.refresh_from_db()
    return orders
