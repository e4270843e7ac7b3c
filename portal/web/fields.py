"""Form fields for what a person types in plain text."""

import re
from decimal import Decimal
from typing import Any, Final, cast

from babel.numbers import get_currency_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.money import Money, decimals

# Whole units, with commas at every third digit or none at all, then the decimals.
_AMOUNT: Final = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
# Far beyond any program, and far within what the database holds.
_MOST_DIGITS: Final = 12


class MoneyInput(forms.TextInput):
    """A text input with the currency's sign before it and a keypad on phones."""

    prefix = ""


class MoneyField(forms.CharField):
    """Text such as 1,234.50 as Money of one currency, above zero.

    Exact or refused: more decimals than the currency has, signs, exponents and words
    are errors, never rounded. Empty gives None.
    """

    def __init__(self, *, currency: str = "USD", **options: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "w-10"}
        super().__init__(max_length=30, widget=MoneyInput(attrs), **options)
        self.currency = currency

    @property
    def currency(self) -> str:
        return self._currency

    @currency.setter
    def currency(self, currency: str) -> None:
        """May be set on a bound form too, which learns it from what was typed."""
        self._currency = currency
        widget = cast(MoneyInput, self.widget)
        widget.prefix = get_currency_symbol(currency, locale="en_US")

    def clean(self, value: object) -> Money | None:
        """The amount, or None where nothing was typed and nothing is required."""
        text = super().clean(value)
        return self._money(text) if text else None

    def prepare_value(self, value: object) -> object:
        """An amount as a person would type it: 1234.50."""
        return f"{value.amount:f}" if isinstance(value, Money) else value

    def _money(self, text: str) -> Money:
        match = _AMOUNT.fullmatch(text)
        if match is None:
            example = Decimal(1234).quantize(
                Decimal(1).scaleb(-decimals(self.currency))
            )
            raise ValidationError(
                _("Enter an amount in digits, such as %(example)s.")
                % {"example": f"{example:,f}"},
                code="unreadable",
            )
        self._check_decimals(match[1] or "")
        amount = Decimal(text.replace(",", ""))
        if amount.adjusted() >= _MOST_DIGITS:
            raise ValidationError(_("Enter a smaller amount."), code="too_large")
        if not amount:
            raise ValidationError(_("Enter an amount above zero."), code="zero")
        return Money.rounded(amount, self.currency)

    def _check_decimals(self, typed: str) -> None:
        most = decimals(self.currency)
        if len(typed) > most:
            raise ValidationError(
                ngettext(
                    "%(currency)s has %(most)d decimal. Enter no more than that.",
                    "%(currency)s has %(most)d decimals. Enter no more than that.",
                    most,
                )
                % {"currency": self.currency, "most": most},
                code="too_fine",
            )
