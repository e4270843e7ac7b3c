"""JSON as the provider sends it: names in any casing, numbers never through a float.

Whether the provider writes `PONumber` or `poNumber` is not settled (provider-api: 1),
so every object is read through `Fields`, which does not see the difference.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NoReturn

from portal.provider.errors import Malformed

# No card is worth this much, and an exponent of a million would eat the memory.
_LARGEST_EXPONENT = 12
_SMALLEST_EXPONENT = -12
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,12})?")


def loads(data: bytes) -> object:
    """Parse an answer; fractions become Decimal from their text. Raises Malformed."""
    try:
        parsed: object = json.loads(
            data, parse_float=Decimal, parse_constant=_refuse_constant
        )
    except (ValueError, ArithmeticError, RecursionError):
        parsed = _UNREADABLE
    # Raised out here: a JSONDecodeError carries the document, which names people.
    if parsed is _UNREADABLE:
        raise Malformed("the answer is not JSON")
    return parsed


class Fields:
    """One JSON object, its fields found by name whatever their casing.

    Absent and null are the same thing: empty text, no amount, no children.
    Everything raises Malformed when a value has the wrong kind.
    """

    __slots__ = ("_by_name", "raw")

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise Malformed("an object was expected")
        self.raw: Mapping[str, object] = value
        self._by_name: dict[str, object] = {}
        for key, item in value.items():
            if self._by_name.setdefault(key.casefold(), item) != item:
                raise Malformed("one field has two values")

    def get(self, name: str) -> object:
        return self._by_name.get(name.casefold())

    def text(self, name: str) -> str:
        return _text(self.get(name), name)

    def required(self, name: str) -> str:
        return self.text(name) or _wrong(name)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(_text(item, name) for item in self._list(name))

    def amount(self, name: str) -> Decimal | None:
        value = self.get(name)
        return None if value is None else _amount(value, name)

    def amounts(self, name: str) -> tuple[Decimal, ...]:
        return tuple(_amount(item, name) for item in self._list(name))

    def count(self, name: str) -> int | None:
        amount = self.amount(name)
        if amount is not None and amount != amount.to_integral_value():
            _wrong(name)
        return None if amount is None else int(amount)

    def flag(self, name: str) -> bool:
        value = self.get(name)
        if value is not None and not isinstance(value, bool):
            _wrong(name)
        return bool(value)

    def child(self, name: str) -> "Fields":
        value = self.get(name)
        return Fields({} if value is None else value)

    def children(self, name: str) -> "tuple[Fields, ...]":
        return tuple(Fields(item) for item in self._list(name))

    def _list(self, name: str) -> list[object]:
        value = self.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else _wrong(name)


_UNREADABLE = object()


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(word)  # NaN and Infinity: JSON has neither


def _text(value: object, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else _wrong(name)


def _amount(value: object, name: str) -> Decimal:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        _wrong(name)
    amount = Decimal(value)
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or not (
        exponent >= _SMALLEST_EXPONENT and amount.adjusted() <= _LARGEST_EXPONENT
    ):
        _wrong(name)
    return amount


def _wrong(name: str) -> NoReturn:
    raise Malformed(f"{name} cannot be read")
