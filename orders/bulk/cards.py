"""Values as a list writes them, and whether its products are sold for them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from orders import eligibility
from orders.bulk import amounts
from portal.money import Money
from programs import sentences
from programs.models import Product, Program
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem

_MOST_SHOWN: Final = 100


class Cards:
    """What rewards of a list may be worth; each different one is judged once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._judged: dict[tuple[int, int, int], list[Problem]] = {}

    def value(self, typed: str, line: Line) -> int | None:
        """The value in minor units; a problem of the line if it is no amount."""
        minor = amounts.minor_units(typed, self._program.currency)
        if minor is None:
            line.problems.append(self._no_value(typed))
        return minor

    def judge(self, product: Product, minor: int, line: Line) -> None:
        """Whether the product is sold for this value, within the program's cap."""
        key = (product.pk, minor, line.quantity)
        if key not in self._judged:
            self._judged[key] = list(self._problems(product, minor, line.quantity))
        line.problems += self._judged[key]

    def _no_value(self, typed: str) -> Problem:
        if not typed:
            return Problem("value_missing", Field.VALUE)
        example = self._program.money(1250)
        params = {
            "typed": typed[:_MOST_SHOWN],
            "currency": self._program.currency,
            "example": f"{example.amount:f}",
        }
        return Problem("value_unreadable", Field.VALUE, params=params)

    def _problems(
        self, product: Product, minor: int, quantity: int
    ) -> Iterator[Problem]:
        value = self._program.money(minor).amount
        if not product.accepts(value):
            lower = _sold_below(product, value)
            yield Problem(
                "value_too_low" if lower is None else "value_not_sold",
                Field.VALUE,
                params={"reason": sentences.sold_values(product)},
                suggestion="" if lower is None else f"{lower:f}",
            )
            return
        face = self._program.money(minor * quantity)
        for problem in eligibility.reward_cap_problems(self._program, face):
            yield Problem("reward_cap", Field.VALUE, params={"reason": problem.message})


def _sold_below(product: Product, value: Decimal) -> Decimal | None:
    """The next lower value that is sold; None where nothing is."""
    if product.is_fixed:
        return max((each for each in product.values if each < value), default=None)
    if len(product.values) != 2:
        return None
    whole = Decimal(int(min(value, product.values[1])))
    cents = Money.rounded(min(value, product.values[1]), product.currency).amount
    return next((each for each in (cents, whole) if product.accepts(each)), None)
