"""The approval rule, and every rule as a sentence."""

from datetime import date
from decimal import Decimal

import pytest

from portal.money import Money
from programs import programs, sentences
from programs.models import Program
from tests import factories

ALWAYS, ABOVE, NEVER = Program.ApprovalRule


@pytest.mark.parametrize(
    ("rule", "above", "amount", "needs"),
    [
        (ALWAYS, None, "0.01", True),
        (NEVER, None, "1000000", False),
        (ABOVE, 10000, "99.99", False),
        (ABOVE, 10000, "100.00", False),
        (ABOVE, 10000, "100.01", True),
        # A rule without its amount errs on the side of asking.
        (ABOVE, None, "0.01", True),
    ],
)
def test_the_rule_decides_who_must_ask(rule, above, amount, needs):
    program = Program(approval_rule=rule, approval_above_minor=above)

    assert programs.needs_approval(program, Money(Decimal(amount), "USD")) is needs


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (ALWAYS, "Every order needs approval."),
        (ABOVE, "Orders above $100.00 need approval."),
        (NEVER, "No order needs approval."),
    ],
)
def test_the_rule_is_said_in_one_sentence(rule, sentence):
    program = Program(approval_rule=rule, approval_above_minor=10000)

    assert programs.approval_rule_sentence(program) == sentence


def test_an_amount_of_another_currency_is_no_answer():
    program = Program(approval_rule=ABOVE, approval_above_minor=10000)

    with pytest.raises(ValueError, match="EUR"):
        programs.needs_approval(program, Money(Decimal(5), "EUR"))


def test_every_limit_is_a_sentence(db, cvs):
    program = factories.make_program(
        "Tight",
        starts_on=date(2026, 1, 2),
        ends_on=date(2026, 3, 4),
        reward_cap_minor=5000,
        recipient_cap_minor=7500,
        recipient_cap_days=30,
        email_consent=Program.EmailConsent.RECORDED,
    )
    program.products.set([cvs])

    assert sentences.rules(program) == [
        "Rewards are sent from 2 Jan 2026 to 4 Mar 2026.",
        "Every order needs approval.",
        "One reward is worth at most $50.00.",
        "One person gets at most $75.00 in 30 days.",
        "Only these products may be sent: CVS.",
        "Ways to deliver: By e-mail or SMS.",
        "E-mail and SMS need recorded consent.",
    ]


def test_no_limit_is_a_sentence_too(db):
    rules = sentences.rules(factories.make_program("Loose"))

    assert "One reward has no cap of its own." in rules
    assert "One person has no cap." in rules
    assert "Every product sold in USD may be sent." in rules


@pytest.mark.parametrize(
    ("kind", "denominations", "words"),
    [
        ("Fixed", ["10", "15.5"], "$10.00, $15.50"),
        ("Variable", ["5", "250"], "Any amount from $5.00 to $250.00"),
        ("VariableNoCents", ["5", "250"], "Any whole amount from $5.00 to $250.00"),
        ("Sliding", ["5", "250"], "The provider does not say which values it sells."),
        ("Variable", [], "The provider does not say which values it sells."),
    ],
)
def test_values_are_said_in_words(db, kind, denominations, words):
    product = factories.make_product(
        "P", values=[], denomination_type=kind, denominations=denominations
    )

    assert sentences.values(product) == words
