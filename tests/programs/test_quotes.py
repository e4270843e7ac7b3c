"""What cards cost, and what a program may send."""

from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.money import Money
from programs import catalogue
from programs.models import Product, Program
from tests import factories


@pytest.mark.parametrize(
    ("value", "quantity", "discount", "fee", "quote"),
    [
        ("15", 1, "2", 0, ("15.00", "0.00", "0.30", "14.70")),
        ("100", 1, "11", 0, ("100.00", "0.00", "11.00", "89.00")),
        ("10", 3, "0", 50, ("30.00", "1.50", "0.00", "31.50")),
        # Half-up, and once per line: 3 x 9.405 = 28.215, not 3 x 9.41.
        ("9.90", 3, "5", 0, ("29.70", "0.00", "1.48", "28.22")),
        # 10.50 x 0.99 = 10.395, on the edge.
        ("10.50", 1, "1", 0, ("10.50", "0.00", "0.10", "10.40")),
    ],
)
def test_a_quote_is_the_documented_formula(value, quantity, discount, fee, quote):
    product = Product(currency="USD", fee_minor=fee, discount_percent=Decimal(discount))

    made = catalogue.quote(product, Decimal(value), quantity)

    amounts = (made.face, made.fee, made.discount, made.total)
    assert tuple(str(money.amount) for money in amounts) == quote


@given(
    minor=st.integers(1, 10**6),
    quantity=st.integers(1, 1000),
    discount=st.decimals(0, 100, places=4),
    fee=st.integers(0, 1000),
)
def test_a_quote_always_adds_up(minor, quantity, discount, fee):
    product = Product(currency="USD", fee_minor=fee, discount_percent=discount)

    made = catalogue.quote(product, Money.of_minor(minor, "USD").amount, quantity)

    assert made.face + made.fee - made.discount == made.total
    assert made.total.minor >= 0


def test_a_program_is_offered_its_currency_and_what_can_be_delivered(synced):
    program = factories.make_program("Euro", currency="EUR")

    offered = catalogue.offered_in(program)

    assert {p.currency for p in offered} == {"EUR"}
    assert {p.name for p in offered} >= {"Librería Sol"}
    dollars = catalogue.offered_in(factories.make_program("Dollar"))
    names = {p.name for p in dollars}
    assert "CVS Pharmacy" in names
    assert not names & {"Anywhere Choice Link", "Crossroads Fuel"}
    posted = catalogue.offered_in(
        Program.objects.get(name="Dollar"), Program.DeliveryType.PHYSICAL
    )
    assert "Crossroads Fuel" in {p.name for p in posted}


def test_a_program_is_offered_only_its_products_while_they_are_sold(synced):
    program = factories.make_program("Picky")
    cvs = Product.objects.get(provider_id="CVS")
    program.products.set([cvs, Product.objects.get(name="Librería Sol")])

    assert list(catalogue.offered_in(program)) == [cvs]

    Product.objects.filter(pk=cvs.pk).update(retired_at=timezone.now())
    assert list(catalogue.offered_in(program)) == []
