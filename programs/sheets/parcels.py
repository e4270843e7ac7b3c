"""How a row's parcel goes: shipping method, card carrier and the day it is needed by.

Read by the checks and when rewards are made, so what was checked is what is made. A
list's answers are in its rows' values already.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone

from programs import arrival, shipping
from programs.models import Product, Program, ShippingMethod
from programs.sheets.days import day_of
from programs.sheets.fields import Field
from programs.sheets.lines import Problem
from programs.sheets.names import words
from programs.shipping import CarrierQuestion, Choice

# What a stored problem shows of a cell; a cell may hold a book.
_MOST_SHOWN: Final = 100
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a row says of its parcel, and what keeps it from going like that.

    There is a method unless a problem says why not. Not `is_in_time`: nothing that the
    row allows is known to arrive by the day it is needed by.
    """

    method: ShippingMethod | None
    card_carrier: str
    needed_by: date | None
    is_in_time: bool
    problems: tuple[Problem, ...]


class Parcels:
    """What can be chosen in a program now; three or four queries to make it."""

    def __init__(self, program: Program) -> None:
        self._region = program.phone_region
        self._today = arrival.local_day(timezone.now())
        self._choices = shipping.choices(program.currency)
        self._carriers = tuple(shipping.card_carriers())
        retired = ShippingMethod.objects.exclude(retired_at=None).defer("raw")
        offered = [choice.method for choice in self._choices]
        # What is offered takes its name from what was retired.
        self._methods = _by_name(retired) | _by_name(offered)
        # An id is one method's, whatever others are called.
        self._methods |= {words(each.provider_id): [each] for each in offered}
        self._read: dict[tuple[str, ...], Parcel] = {}

    def read(self, values: Mapping[str, str], product: Product | None) -> Parcel:
        """What a row with this product says; no query, each wording read once."""
        method = values.get(Field.SHIPPING_METHOD, "")
        carrier = values.get(Field.CARD_CARRIER, "")
        day = values.get(Field.NEEDED_BY, "")
        key = (method, carrier, day, product.provider_id if product else "")
        if key not in self._read:
            self._read[key] = self._parcel(method, carrier, day, product)
        return self._read[key]

    def _parcel(
        self, method: str, carrier: str, day: str, product: Product | None
    ) -> Parcel:
        problems: list[Problem] = []
        needed_by = self._day(day, problems)
        choice = self._choice(method, needed_by, problems)
        return Parcel(
            method=choice.method if choice else None,
            card_carrier=self._carrier(carrier, product, problems),
            needed_by=needed_by,
            is_in_time=choice is None or _is_in_time(choice, needed_by),
            problems=tuple(problems),
        )

    def _day(self, typed: str, problems: list[Problem]) -> date | None:
        day = day_of(typed, self._region) if typed else None
        if typed and day is None:
            params = {"typed": typed[:_MOST_SHOWN]}
            problems.append(Problem("needed_by", Field.NEEDED_BY, params=params))
        elif day and day < self._today:
            problems.append(Problem("needed_past", Field.NEEDED_BY))
        return day

    def _choice(
        self, typed: str, needed_by: date | None, problems: list[Problem]
    ) -> Choice | None:
        """The one that is named; else the cheapest, in time if anything is."""
        if not self._choices:
            problems.append(Problem("method_none", Field.SHIPPING_METHOD))
            return None
        if not typed:
            in_time = (each for each in self._choices if _is_in_time(each, needed_by))
            return next(in_time, self._choices[0])
        found = self._methods.get(words(typed), [])
        named = {each.pk for each in found}
        for choice in self._choices:
            if named == {choice.method.pk}:
                return choice
        kind, params = "method_unknown", {"typed": typed[:_MOST_SHOWN]}
        if any(each.retired_at for each in found):
            kind = "method_retired"
        elif found:
            kind = "method_ambiguous"
            params["ids"] = ", ".join(each.provider_id for each in found[:_MOST_NAMED])
        else:
            params["names"] = self._named_methods()
        problems.append(Problem(kind, Field.SHIPPING_METHOD, params=params))
        return None

    def _named_methods(self) -> str:
        names = dict.fromkeys(choice.method.name for choice in self._choices)
        return ", ".join(list(names)[:_MOST_NAMED])

    def _carrier(
        self, typed: str, product: Product | None, problems: list[Problem]
    ) -> str:
        """The id to send; empty for none."""
        is_required = bool(product and product.has_required_card_carriers)
        question = CarrierQuestion(self._carriers, is_required)
        if not typed:
            if question.accepts(question.unasked):
                return question.unasked
            kind = "carrier_missing" if self._carriers else "carrier_none"
            params = {"product": product.name if product else ""}
            params["names"] = ", ".join(
                each.name for each in self._carriers[:_MOST_NAMED]
            )
            problems.append(Problem(kind, Field.CARD_CARRIER, params=params))
            return ""
        wanted = words(typed)
        by_id = [each for each in self._carriers if words(each.id) == wanted]
        by_name = [each for each in self._carriers if words(each.name) == wanted]
        if len(found := by_id or by_name) == 1:
            return found[0].id
        params = {"typed": typed[:_MOST_SHOWN]}
        problems.append(Problem("carrier_unknown", Field.CARD_CARRIER, params=params))
        return ""


def _by_name(methods: Iterable[ShippingMethod]) -> dict[str, list[ShippingMethod]]:
    """By id, by name, and by company and name."""
    named: dict[str, list[ShippingMethod]] = {}
    for method in methods:
        names = (method.provider_id, method.name, f"{method.carrier} {method.name}")
        for name in {words(each) for each in names} - {""}:
            named.setdefault(name, []).append(method)
    return named


def _is_in_time(choice: Choice, needed_by: date | None) -> bool:
    window = choice.window
    return needed_by is None or (window is not None and window.latest <= needed_by)
