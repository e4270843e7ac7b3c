"""Lists with rows for the post, checked as the worker does it."""

from collections.abc import Mapping
from typing import Any

from portal.accounts.models import User
from programs.models import Product, Program, RowProblem, Sheet, ShippingMethod
from programs.sheets import kinds
from programs.sheets.fields import Field
from tests import factories
from tests.programs import posting
from tests.programs.sheets import checked

BOTH = ["DigitalDelivery", "PhysicalShipment"]
# Where the New York Public Library receives its post.
LIBRARY = {
    "line1": "476 5th Ave",
    "city": "New York",
    "state": "NY",
    "postal_code": "10018",
}
ROSA = {"name": "Rosa Example", **LIBRARY}
WHOLE = {
    "name": "Rosa Example",
    "address": "476 5th Ave\nNew York, NY 10018",
}


def make_card(provider_id: str = "CVS", **fields: Any) -> Product:
    """A card of $10 or $15 that goes either way."""
    return factories.make_product(
        provider_id, values=[10, 15], **{"delivery_types": BOTH, **fields}
    )


def make_sheet(
    program: Program,
    maker: User,
    *rows: Mapping[str, str],
    answers: Mapping[str, str] | None = None,
    columns: list[str] | None = None,
    **more: Any,
) -> Sheet:
    """A checked list of $10 cards by the standard method, unless the rows say more.

    It has a column for every field that any row has.
    """
    if not ShippingMethod.objects.exists():
        posting.make_method("STANDARD", "4.95", (5, 8))
    named = columns or [f for f in Field if any(f in row for row in rows)]
    told = {"product": "CVS", "value": "10", **(answers or {})}
    cells = [[row.get(field, "") for field in named] for row in rows]
    return checked.make_checked(
        program,
        maker,
        cells,
        purpose=Sheet.Purpose.REWARDS,
        columns=named,
        answers={field: each for field, each in told.items() if each},
        **more,
    )


def errors(sheet: Sheet, number: int = 2) -> list[str]:
    """Kinds of what keeps a row back."""
    found = sheet.problems.filter(row__number=number, is_error=True).order_by("pk")
    return list(found.values_list("kind", flat=True))


def warnings(sheet: Sheet, number: int = 2) -> list[str]:
    found = sheet.problems.filter(row__number=number, is_error=False).order_by("pk")
    return list(found.values_list("kind", flat=True))


def messages(sheet: Sheet, number: int = 2) -> list[str]:
    found: list[RowProblem] = list(
        sheet.problems.filter(row__number=number).order_by("pk")
    )
    return [kinds.message(problem) for problem in found]
