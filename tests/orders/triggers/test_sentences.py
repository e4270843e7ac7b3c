"""A rule in words."""

from dataclasses import replace
from datetime import date

import pytest

from orders.models import Side, Way
from orders.triggers import sentences
from orders.triggers.conditions import Condition, Op
from orders.triggers.texts import Timing
from programs.models import Product, Program
from tests.orders.triggers import ruled

# Nothing is read of them, so they need no database.
TEXT = replace(
    ruled.make_text(Program(name="Spring Referral"), Product(name="CVS")),
    per_person_days=30,
    starts_on=date(2026, 3, 1),
    ends_on=date(2026, 5, 31),
)


def test_the_rule_of_the_handbook():
    assert sentences.sentence(TEXT) == (
        "When referral.completed arrives and purchase ≥ 50, send CVS $15.00 by e-mail "
        "from Spring Referral, at most 1 per person per 30 days, at most 500 in all, "
        "from 1 March to 31 May 2026."
    )


@pytest.mark.parametrize(
    ("answers", "part"),
    [
        ({"groups": ()}, "When referral.completed arrives, send"),
        (
            {"groups": (*TEXT.groups, (Condition("vip", Op.EXISTS),))},
            "arrives and (purchase ≥ 50, or vip is there), send",
        ),
        ({"per_person_days": 1}, "at most 1 per person per day,"),
        ({"per_person_days": None}, "at most 1 per person,"),
        ({"per_person": None}, "from Spring Referral, at most 500 in all"),
        ({"most_in_all": 12_000}, "at most 12,000 in all"),
        ({"ends_on": None}, "from 1 March 2026 on."),
        ({"starts_on": None}, "until 31 May 2026."),
        ({"starts_on": date(2025, 12, 1)}, "from 1 December 2025 to 31 May 2026."),
        ({"gifts": ()}, "send nothing yet from Spring Referral"),
        (
            {"verification_days": 14},
            ". It waits for 14 days, and nothing is bought if referral.reversed "
            "arrives before.",
        ),
        ({"verification_days": 1}, "It waits for 1 day, and"),
        ({"timing": Timing.HOUR}, ". What is due in an hour goes in one order."),
        ({"timing": Timing.DAY}, ". What is due in a day goes in one order."),
    ],
)
def test_every_answer_is_said(answers, part):
    assert part in sentences.sentence(replace(TEXT, **answers))


def test_both_sides_are_told_apart():
    (gift,) = TEXT.gifts
    value = gift.value + gift.value
    advocate = replace(gift, side=Side.ADVOCATE, value=value, way=Way.BOTH)

    both = sentences.sentence(replace(TEXT, gifts=(gift, advocate)))
    one = sentences.sentence(replace(TEXT, gifts=(advocate,)))

    assert (
        "send the person CVS $15.00 by e-mail and the advocate CVS $30.00 by e-mail "
        "and SMS from Spring Referral, to each side at most 1 per person"
    ) in both
    assert "send the advocate CVS $30.00 by e-mail and SMS from" in one


@pytest.mark.parametrize(
    ("event_type", "reversal"),
    [
        ("referral.completed", "referral.reversed"),
        ("shop.order.paid", "shop.order.reversed"),
        ("purchase", "purchase.reversed"),
    ],
)
def test_what_takes_an_event_back(event_type, reversal):
    assert sentences.reversal_of(event_type) == reversal
