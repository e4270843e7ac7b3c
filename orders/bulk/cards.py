"""Products and values as a list writes them, looked up once for all its rows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from orders import eligibility
from orders.bulk import amounts
from portal.money import Money
from programs import catalogue
from programs.models import Product, Program
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem

_MOST_SHOWN: Final = 100


class Cards:
    """What a program may send by e-mail and SMS; one or two queries."""

    def __init__(self, program: Program) -> None:
        self._program = program
        digital = Program.DeliveryType.DIGITAL in program.delivery_types
        offered = list(catalogue.offered_in(program)) if digital else []
        self.by_id = {product.pk: product for product in offered}
        self._by_name: dict[str, list[Product]] = {}
        for product in offered:
            for name in {_folded(product.provider_id), _folded(product.name)}:
                self._by_name.setdefault(name, []).append(product)
        # An id is one product's, whatever others are called.
        self._by_name |= {_folded(each.provider_id): [each] for each in offered}
        self._typed: dict[str, Product | Problem] = {}
        self._judged: dict[tuple[int, int, int], list[Problem]] = {}

    def product(self, typed: str, line: Line) -> Product | None:
        """The product of this name or id; a problem of the line where there is none."""
        found = self._typed.get(typed)
        if found is None:
            found = self._typed[typed] = self._product(typed)
        if isinstance(found, Product):
            return found
        line.problems.append(found)
        return None

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

    def _product(self, typed: str) -> Product | Problem:
        params = {"typed": typed[:_MOST_SHOWN]}
        found = self._by_name.get(_folded(typed), [])
        if len(found) == 1:
            return found[0]
        if not typed:
            return Problem("product_missing", Field.PRODUCT)
        kind = "product_ambiguous" if found else "product_unknown"
        return Problem(kind, Field.PRODUCT, params=params)

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
                params={"reason": eligibility.sold_values(product)},
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


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
