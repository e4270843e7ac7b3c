"""What a program may give, as lists name it, and by which way each row of it goes."""

from collections.abc import Sequence
from typing import Final

from programs import catalogue
from programs.models import Product, Program, Sheet
from programs.models.catalogue import ProductQuerySet
from programs.sheets import postal
from programs.sheets.fields import Field
from programs.sheets.lines import Line, Problem
from programs.sheets.postal import Way

# What a stored problem shows of a cell; a cell may hold a book.
_MOST_SHOWN: Final = 100
_TYPES: Final = {
    Way.DIGITAL: Program.DeliveryType.DIGITAL,
    Way.POST: Program.DeliveryType.PHYSICAL,
}
_OTHER: Final = {Way.DIGITAL: Way.POST, Way.POST: Way.DIGITAL}
# Fewer digits are no try at a telephone number.
_FEWEST_DIGITS: Final = 5


def find_ways(sheet: Sheet, lines: Sequence[Line]) -> None:
    """How each reward goes, and what its product's name stands for; two queries."""
    if sheet.purpose != Sheet.Purpose.REWARDS:
        return
    offers = Offers(sheet.program)
    for line in lines:
        way = _way(line, offers)
        line.is_postal = way is Way.POST
        line.named = offers.product(line.values.get(Field.PRODUCT, ""), way)


def products_of(program: Program) -> ProductQuerySet:
    """What lists of this program may give, whichever way it goes."""
    types = [each for each in _TYPES.values() if each in program.delivery_types]
    if not types:
        return Product.objects.none()
    return catalogue.offered_in(program, *types)


def tries_contact(text: str) -> bool:
    """Whether a cell is meant to be a contact, and not "none" or "n/a"."""
    return "@" in text or sum(map(str.isdigit, text)) >= _FEWEST_DIGITS


class Offers:
    """Products by the names lists have for them, for each way; one or two queries."""

    def __init__(self, program: Program) -> None:
        self._program = program
        offered = list(products_of(program))
        self._by_name = {
            way: _by_name([each for each in offered if each.delivers(of_provider)])
            for way, of_provider in _TYPES.items()
            if self.goes(way)
        }
        self._found: dict[tuple[str, Way], Product | Problem] = {}

    def goes(self, way: Way) -> bool:
        """Whether the program gives anything this way."""
        return _TYPES[way] in self._program.delivery_types

    def named(self, typed: str, way: Way) -> Sequence[Product]:
        """The products of this name or id that go this way."""
        return self._by_name.get(way, {}).get(_folded(typed), [])

    def is_only_posted(self, typed: str) -> bool:
        """Whether what is called so goes by post and no other way."""
        return not self.named(typed, Way.DIGITAL) and bool(self.named(typed, Way.POST))

    def product(self, typed: str, way: Way) -> Product | Problem:
        """The product of this name or id; a problem where it is not one."""
        key = (typed, way)
        if key not in self._found:
            self._found[key] = self._product(typed, way)
        return self._found[key]

    def _product(self, typed: str, way: Way) -> Product | Problem:
        if not typed:
            return Problem("product_missing", Field.PRODUCT)
        params = {"typed": typed[:_MOST_SHOWN]}
        found = self.named(typed, way)
        if len(found) == 1:
            return found[0]
        kind = "product_unknown"
        if found:
            kind = "product_ambiguous"
        elif self.named(typed, _OTHER[way]):
            is_posted = way is Way.POST
            kind = "product_not_posted" if is_posted else "product_only_posted"
        return Problem(kind, Field.PRODUCT, params=params)


def _by_name(offered: Sequence[Product]) -> dict[str, list[Product]]:
    by_name: dict[str, list[Product]] = {}
    for product in offered:
        for name in {_folded(product.provider_id), _folded(product.name)}:
            by_name.setdefault(name, []).append(product)
    # An id is one product's, whatever others are called.
    return by_name | {_folded(each.provider_id): [each] for each in offered}


def _way(line: Line, offers: Offers) -> Way:
    """What the row says; else what its person and product leave of the two."""
    values = line.values
    said: Way | None = None
    if typed := values.get(Field.WAY, ""):
        said = postal.way_of(typed)
        if said is None:
            params = {"typed": typed[:_MOST_SHOWN]}
            line.problems.append(Problem("way_unknown", Field.WAY, params=params))
    if not offers.goes(Way.POST):
        if said is Way.POST:
            line.problems.append(Problem("way_no_post", Field.WAY))
        return Way.DIGITAL
    if not offers.goes(Way.DIGITAL):
        if said is Way.DIGITAL:
            line.problems.append(Problem("way_only_post", Field.WAY))
        return Way.POST
    if said:
        return said
    contacts = (values.get(Field.EMAIL, ""), values.get(Field.PHONE, ""))
    if not any(map(tries_contact, contacts)) and postal.has_address(values):
        return Way.POST
    if offers.is_only_posted(values.get(Field.PRODUCT, "")):
        return Way.POST
    return Way.DIGITAL


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
