"""Amounts and counts as lists have them: "$10", "10,00", "10.00 USD", "1,250.5".

Exact or refused. What could be read in two ways, such as 1.000, is refused.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.numbers import get_currency_symbol

from portal.money import decimals

_NUMBER: Final = re.compile(r"\d+(?:[.,' \u00a0\u202f]\d+)*")
_MOST_DIGITS: Final = 12
_BLANKS: Final = str.maketrans("", "", "' \u00a0\u202f")
_COUNT: Final = re.compile(r"(\d{1,6})(?:[.,]0{1,4})?")


@lru_cache(maxsize=4096)
def minor_units(text: str, currency: str) -> int | None:
    """The amount in minor units of the currency; None for what is no such amount."""
    bare = _without_currency(text.strip(), currency)
    if _NUMBER.fullmatch(bare) is None:
        return None
    amount = _decimal(bare.translate(_BLANKS))
    if amount is None or amount.adjusted() >= _MOST_DIGITS:
        return None
    scaled = amount.scaleb(decimals(currency))
    is_exact = scaled == scaled.to_integral_value()
    return int(scaled) if is_exact and scaled > 0 else None


@lru_cache(maxsize=4096)
def count(text: str) -> int | None:
    """A whole number above zero, also as "2.0"; None for anything else."""
    match = _COUNT.fullmatch(text.strip())
    return (int(match[1]) or None) if match and match[1].isascii() else None


def _without_currency(text: str, currency: str) -> str:
    symbol = get_currency_symbol(currency, locale="en_US")
    for word in {symbol, symbol.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), currency}:
        if not word:
            continue
        if text[: len(word)].casefold() == word.casefold():
            text = text[len(word) :].strip()
        if text[-len(word) :].casefold() == word.casefold():
            text = text[: -len(word)].strip()
    return text


def _decimal(digits: str) -> Decimal | None:
    """Digits with the points and commas of either custom."""
    if not digits.isascii():
        return None
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return Decimal(digits)
    whole, last, rest = _parted(digits, marks[-1])
    others = set(marks[:-1])
    if len(marks) == 1 and len(rest) == 3:
        # 1,000 is a thousand wherever dollars are written; 1.000 is anybody's guess.
        return Decimal(whole + rest) if last == "," and whole != "0" else None
    if others == {last}:
        # 1,000,000: the same mark again can only part thousands.
        return Decimal(digits.replace(last, "")) if _in_threes(digits, last) else None
    if others and not _in_threes(whole, others.pop()):
        return None
    return Decimal(f"{whole.replace('.', '').replace(',', '')}.{rest}")


def _parted(digits: str, mark: str) -> tuple[str, str, str]:
    whole, _mark, rest = digits.rpartition(mark)
    return whole, mark, rest


def _in_threes(digits: str, mark: str) -> bool:
    first, *groups = digits.split(mark)
    return 1 <= len(first) <= 3 and all(len(group) == 3 for group in groups)
