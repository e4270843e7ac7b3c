"""Rules as their verbs make them; amounts in whole dollars."""

from datetime import timedelta
from typing import Any

from orders.models import Rule, Side, Way
from orders.triggers import rule_deciding, rule_versions, rules
from orders.triggers.conditions import Condition, Op
from orders.triggers.texts import GiftText, RuleText
from portal.accounts.models import User, actor_of
from programs.models import Product, Program
from tests import factories

PURCHASE = ((Condition("purchase", Op.AT_LEAST, "50"),),)


def make_text(
    program: Program,
    product: Product,
    gifts: dict[Side, int] | None = None,
    **fields: Any,
) -> RuleText:
    """$15 by e-mail for a purchase of 50, with every answer the guard asks for."""
    today = factories.today()
    return RuleText(
        **{
            "program": program,
            "event_type": "referral.completed",
            "groups": PURCHASE,
            "gifts": tuple(
                GiftText(
                    side=side,
                    product=product,
                    value=program.money(value * 100),
                    way=Way.EMAIL,
                )
                for side, value in (gifts or {Side.PERSON: 15}).items()
            ),
            "per_person": 1,
            "most_in_all": 500,
            "starts_on": today,
            "ends_on": today + timedelta(days=90),
            "eligibility": "Customers of 18 years and older.",
            "terms": "One reward for each referral.",
            "by_chance": False,
            "asks_review": False,
            **fields,
        }
    )


def make_draft(text: RuleText, author: User, name: str = "Spring referral") -> Rule:
    return rules.create(text, name=name, actor=actor_of(author))


def make_submitted(*made: Any) -> Rule:
    rule = make_draft(*made)
    return rules.submit(rule, version=rule.version, actor=actor_of(made[1]))


def make_active(
    text: RuleText, author: User, approver: User, name: str = "Spring referral"
) -> Rule:
    return approve(make_submitted(text, author, name), approver)


def approve(rule: Rule, approver: User) -> Rule:
    """Decide on what was submitted last."""
    shown = rule_versions.newest(rule).content_hash
    return rule_deciding.approve(rule, content_hash=shown, actor=actor_of(approver))
