"""Amounts as people type them."""

from decimal import Decimal

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from portal.money import Money
from portal.web.fields import MoneyField

CURRENCIES = ["USD", "JPY", "KWD"]


@pytest.mark.parametrize(
    ("currency", "typed", "amount"),
    [
        ("USD", "15", "15"),
        ("USD", "15.5", "15.5"),
        ("USD", " 1,234.50 ", "1234.50"),
        ("USD", "1,234,567.89", "1234567.89"),
        ("USD", "007", "7"),
        ("JPY", "1,500", "1500"),
        ("USD", "999999999999.99", "999999999999.99"),
    ],
)
def test_plain_amounts_are_read(currency, typed, amount):
    money = MoneyField(currency=currency).clean(typed)

    assert money == Money.rounded(Decimal(amount), currency)


@pytest.mark.parametrize(
    "typed",
    [
        "-5",
        "+5",
        "1e3",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "$15",
        "15 USD",
        "1,5",
        "12,34",
        "1,2345",
        "1.234,50",
        "15.",
        ".5",
        "1 000",
        "１５",
        "٣",
        "ten",
        "0",
        "0.00",
        "1000000000000",
        "1" * 31,
        "5\x00",
    ],
)
def test_anything_else_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        MoneyField(currency="USD").clean(typed)


@pytest.mark.parametrize(("currency", "typed"), [("USD", "1.005"), ("JPY", "1.5")])
def test_an_amount_finer_than_the_currency_is_refused_not_rounded(currency, typed):
    with pytest.raises(forms.ValidationError) as refusal:
        MoneyField(currency=currency).clean(typed)

    assert refusal.value.code == "too_fine"


def test_nothing_typed_is_none_where_it_is_optional():
    assert MoneyField(required=False).clean("") is None
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(" ")


@given(minor=st.integers(1, 10**12 - 1), currency=st.sampled_from(CURRENCIES))
def test_what_is_shown_reads_back_as_the_same_amount(minor, currency):
    money = Money.of_minor(minor, currency)
    field = MoneyField(currency=currency)

    assert field.clean(field.prepare_value(money)) == money


def test_the_sign_before_the_input_follows_the_currency():
    field = MoneyField(currency="USD")
    field.currency = "EUR"

    assert field.widget.prefix == "€"
