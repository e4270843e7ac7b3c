"""Lists with rows that go by post, as they are once their rows are checked."""

from collections.abc import Mapping, Sequence

from portal.accounts.models import User
from programs.models import Product, Program, Sheet
from tests.orders.bulk import lists
from tests.orders.shipments import posted

COLUMNS = ["Name", "E-mail", "Street", "City", "State", "ZIP", "Method", "Needed by"]
MAPPING = {
    "name": 0,
    "email": 1,
    "line1": 2,
    "city": 3,
    "state": 4,
    "postal_code": 5,
    "shipping_method": 6,
    "needed_by": 7,
}


def by_post(number: int, **fields: object) -> dict[str, object]:
    """A row of its own address on Fifth Avenue and without a contact."""
    name, email = f"Person {number}", str(fields.get("email", ""))
    street = fields.pop("street", f"{number} 5th Ave")
    ways = (fields.pop("method", ""), fields.pop("needed_by", ""))
    where = [street, "New York", "NY", "10018"] if street else [""] * 4
    return {
        "name": name,
        "email": email,
        "cells": [name, email, *where, *ways],
        "is_postal": True,
        **fields,
    }


def by_mail(number: int, **fields: object) -> dict[str, object]:
    """A row that goes by e-mail, in the same columns."""
    name, email = f"Person {number}", f"person{number}@example.com"
    cells = [name, email, *[""] * (len(COLUMNS) - 2)]
    return {"name": name, "email": email, "cells": cells, **fields}


def make_sheet(
    program: Program,
    product: Product,
    maker: User,
    rows: Sequence[Mapping[str, object]],
    **fields: object,
) -> Sheet:
    """A checked list of these rows, with the provider's cheapest method on offer."""
    posted.standard()
    columns = {"columns": COLUMNS, "mapping": MAPPING}
    return lists.make_sheet(program, product, maker, rows, **columns, **fields)
