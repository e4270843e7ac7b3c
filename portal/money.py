"""Money: a Decimal and its currency, stored as whole minor units.

SQLite sums decimals as floats, so the database only ever holds integers; the number of
decimals of a currency comes from babel's CLDR data.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Self

from babel.numbers import format_currency, get_currency_precision


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were put together."""


@cache
def decimals(currency: str) -> int:
    """How many decimals an amount of this currency has: 2 for USD, 0 for JPY."""
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in major units (15 means fifteen dollars), exact to the minor unit."""

    amount: Decimal
    currency: str

    @classmethod
    def of_minor(cls, minor: int, currency: str) -> Self:
        """From whole minor units: 1500 and USD give $15.00."""
        return cls(Decimal(minor).scaleb(-decimals(currency)), currency)

    @classmethod
    def rounded(cls, amount: Decimal, currency: str) -> Self:
        """Half-up to the currency's minor unit."""
        unit = Decimal(1).scaleb(-decimals(currency))
        return cls(amount.quantize(unit, ROUND_HALF_UP), currency)

    @property
    def minor(self) -> int:
        """Whole minor units, as stored.

        Raises ValueError for an amount finer than the currency's minor unit.
        """
        scaled = self.amount.scaleb(decimals(self.currency))
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{self.amount} is finer than {self.currency} allows")
        return int(scaled)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return format_currency(self.amount, self.currency, locale="en_US")

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.amount
