"""The demonstration's referral rule, approved, and what a referral tool reported."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import timezone

from orders.models import Event, Side, Way
from orders.triggers import accepting, rule_deciding, rules
from orders.triggers.calls import EventCall, Person
from orders.triggers.conditions import Condition, Op
from orders.triggers.texts import GiftText, RuleText
from portal.actors import Actor
from portal.money import Money
from programs import catalogue, keys
from programs.models import ApiKey, Program

_RILEY: Final = Person(name="Riley Carter", email="riley.carter@example.com")
_JORDAN: Final = Person(name="Jordan Lee", email="jordan.lee@example.com")
_NOOR: Final = Person(name="Noor Haddad", email="noor.haddad@example.com")


def fill(program: Program, *, maker: Actor, approver: Actor) -> None:
    """A key, a rule in force, and three events: rewarded, unmatched and held."""
    if Event.objects.exists():
        return
    rule = rules.create(_text(program), name="Spring referral", actor=maker)
    rule = rules.submit(rule, version=rule.version, actor=maker)
    waiting = rule.versions.latest("number")
    rule_deciding.approve(rule, content_hash=waiting.content_hash, actor=approver)
    key = _key(program, maker)
    bought = {"purchase": 80}
    for name, advocate, attributes in (
        ("rewarded", _JORDAN, bought),
        ("too-little", _NOOR, {"purchase": 20}),
        ("same-person", replace(_RILEY, email="riley.carter+1@example.com"), bought),
    ):
        call = EventCall(
            event_id=f"demonstration-{name}",
            type="referral.completed",
            occurred_at=timezone.now(),
            person=_RILEY,
            advocate=advocate,
            attributes=attributes,
        )
        accepting.accept(call, key=key)


def _text(program: Program) -> RuleText:
    """$10 for the friend and $15 for the advocate of whoever buys for 50."""
    product = catalogue.offered_in(program).get(provider_id="CVS")
    today = timezone.localdate()
    gifts = {Side.PERSON: 10, Side.ADVOCATE: 15}
    return RuleText(
        program=program,
        event_type="referral.completed",
        groups=((Condition("purchase", Op.AT_LEAST, "50"),),),
        gifts=tuple(
            GiftText(
                side=side,
                product=product,
                value=Money(Decimal(value), program.currency),
                way=Way.EMAIL,
            )
            for side, value in gifts.items()
        ),
        per_person=1,
        per_person_days=30,
        most_in_all=500,
        starts_on=today - timedelta(days=7),
        ends_on=today + timedelta(days=90),
        eligibility="Customers of 18 years and older in the United States.",
        terms="One reward for each referral that leads to a first purchase.",
        by_chance=False,
        asks_review=False,
    )


def _key(program: Program, maker: Actor) -> ApiKey:
    """A live key whose secret nobody keeps: make one of your own to call."""
    terms = keys.Terms(
        name="Referral tool",
        scopes=(ApiKey.Scope.EVENTS_WRITE, ApiKey.Scope.EVENTS_READ),
        networks=(),
        rate_per_minute=settings.API_RATE_KEY,
        expires_at=timezone.now() + timedelta(days=365),
    )
    return keys.create(program, terms, mode=ApiKey.Mode.LIVE, actor=maker)[0]
