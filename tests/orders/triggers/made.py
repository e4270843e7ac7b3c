"""Keys, rules and events as tests need them; amounts in whole dollars."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from orders import approvals
from orders.award_states import RuleStatus, VersionStatus
from orders.models import (
    Event,
    Order,
    Reward,
    Rule,
    RuleGift,
    RuleHand,
    RuleVersion,
    Side,
    Way,
)
from orders.states import OrderStatus
from orders.triggers import accepting
from orders.triggers.calls import EventCall, Person
from portal import crypto
from portal.accounts.models import User, actor_of
from portal.outbox import dispatch
from programs.models import ApiKey, KeySecret, Product, Program

SECRET = "lrl_test_4f1d8c2b7a9e4c6d8b0f2a4c6e8d0b2a"
FRIEND = Person(name="Fred Friend", email="fred@example.com")
ADVOCATE = Person(name="Adele Advocate", email="adele@example.org")


def make_key(
    program: Program, maker: User, *, secret: str = SECRET, **fields: Any
) -> ApiKey:
    """A live key with every scope, unless told otherwise."""
    key = ApiKey.objects.create(
        program=program,
        created_by=maker,
        **{
            "name": "Referral tool",
            "mode": ApiKey.Mode.LIVE,
            "scopes": ApiKey.Scope.values,
            "rate_per_minute": 6000,
            **fields,
        },
    )
    KeySecret.objects.create(
        key=key, digest=crypto.digest(secret, purpose="api-key"), last_four=secret[-4:]
    )
    return key


def make_rule(
    program: Program,
    product: Product,
    author: User,
    approver: User | None,
    *,
    name: str = "Spring referral",
    gifts: dict[Side, int] | None = None,
    way: Way = Way.EMAIL,
    **fields: Any,
) -> Rule:
    """An active rule for referral.completed; without an approver a draft."""
    rule = Rule.objects.create(program=program, name=name, created_by=author)
    version = RuleVersion.objects.create(
        rule=rule,
        number=1,
        created_by=author,
        **{
            "event_type": "referral.completed",
            "status": VersionStatus.APPROVED if approver else VersionStatus.DRAFT,
            "submitted_by": author if approver else None,
            "decided_by": approver,
            "eligibility": "Customers of 18 years and older.",
            "terms": "One reward for each referral.",
            "by_chance": False,
            "asks_review": False,
            **fields,
        },
    )
    RuleHand.objects.create(version=version, user=author)
    for side, value in (gifts or {Side.PERSON: 15}).items():
        gift = {"side": side, "product": product, "way": way}
        RuleGift.objects.create(version=version, value_minor=value * 100, **gift)
    if approver:
        rule.in_force, rule.status = version, RuleStatus.ACTIVE
        rule.save()
    return rule


def make_call(event_id: str = "evt-1", **fields: Any) -> EventCall:
    """Somebody was referred and bought something, just now."""
    return EventCall(
        event_id=event_id,
        **{
            "type": "referral.completed",
            # The same call again is the same to the last bit.
            "occurred_at": timezone.now().replace(minute=0, second=0, microsecond=0),
            "person": FRIEND,
            "attributes": {"purchase": 60},
            **fields,
        },
    )


def report(key: ApiKey, event_id: str = "evt-1", **fields: Any) -> Event:
    """Take an event in and see to all that is due after it."""
    event = accepting.accept(make_call(event_id, **fields), key=key)
    dispatch.drain()
    event.refresh_from_db()
    return event


def people(number: int) -> Person:
    """One of many who are nobody else."""
    return Person(name=f"Person {number}", email=f"person{number}@example.com")


def reward_of(event: Event) -> Reward:
    """The one reward that came of an event."""
    return Reward.objects.select_related("order", "recipient").get(award__event=event)


def order_of(event: Event) -> Order:
    """The order it is in."""
    return reward_of(event).order


def undo_to_draft(order: Order, person: User) -> None:
    """Somebody who had a hand in it takes it back to decide anew."""
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.APPROVED, release_at=timezone.now() + timedelta(minutes=1)
    )
    approvals.undo(order, actor=actor_of(person))
    order.refresh_from_db()


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(f"{text}+00:00")
