"""A triggered order in each kind of state that has a page of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING

from orders.models import Award, Event, Order, RefusedCall, Rule, Side
from orders.triggers import accepting, deciding, ordering
from orders.triggers.calls import Person
from orders.triggers.problems import Code
from programs.models import ApiKey, Product
from tests.orders.triggers import made

if TYPE_CHECKING:
    from tests.world import Side as WorldSide


def fill(side: "WorldSide", product: Product) -> None:
    """A key, two rules, events of each kind, and what came of them."""
    key = made.make_key(
        side.program,
        side.manager,
        name=f"{side.name} shop",
        secret=f"{made.SECRET}{side.name}",
    )
    hourly = _rules(side, product)
    friend, advocate = _person(side, "Frida"), _person(side, "Adele")
    sent = _report(key, f"{side.name}-evt-1", person=friend, advocate=advocate)
    _report(
        key,
        f"{side.name}-evt-held",
        person=friend,
        advocate=replace(friend, name=f"Freda {side.name}"),
    )
    award = sent.awards.get(side=Side.PERSON)
    side.orders["triggered"] = order_one(award)
    for number in range(2):
        person = _person(side, f"Sue{'x' * number}")
        _report(key, f"{side.name}-evt-s{number}", type="survey.done", person=person)
    side.orders["collected"] = collect(hourly)
    _report(key, f"{side.name}-evt-s3", type="survey.done", person=friend)
    side.orders["collected draft"] = collect(hourly, submits=False)
    RefusedCall.objects.create(
        program=side.program,
        key=key,
        call="POST /events",
        code=Code.TYPE_UNKNOWN,
        minute=made.at("2026-01-01T00:00"),
    )


def _rules(side: "WorldSide", product: Product) -> Rule:
    """A rule for both sides of a referral, and the one that collects, returned."""
    authors = (side.manager, side.approver)
    both = {Side.PERSON: 15, Side.ADVOCATE: 25}
    made.make_rule(
        side.program,
        product,
        *authors,
        name=f"{side.name} friends",
        gifts=both,
        event_type="friend.invited",
    )
    return made.make_rule(
        side.program,
        product,
        *authors,
        name=f"{side.name} survey",
        event_type="survey.done",
        timing="hour",
    )


def collect(rule: Rule, *, submits: bool = True) -> Order:
    """What was collected so far, in its order."""
    collecting = Award.objects.filter(rule=rule, status="collecting")
    award = collecting.earliest("pk")
    assert award.due_at is not None
    due = int(award.due_at.timestamp())
    while not ordering.collect_some(rule.pk, due):
        pass
    award.refresh_from_db()
    assert award.reward is not None
    order = award.reward.order
    if submits:
        ordering.submit(order.pk)
        order.refresh_from_db()
    return order


def order_one(award: Award) -> Order:
    """The order of what is ready, submitted."""
    ordering.order_one(award.pk)
    award.refresh_from_db()
    assert award.reward is not None
    order = award.reward.order
    ordering.submit(order.pk)
    order.refresh_from_db()
    return order


def order_of(event: Event) -> Order:
    """What its only reward was ordered with."""
    return Order.objects.get(rewards__award__event=event)


def _report(key: ApiKey, event_id: str, **fields: object) -> Event:
    call = made.make_call(event_id, **{"type": "friend.invited", **fields})
    event = accepting.accept(call, key=key)
    deciding.decide(event.pk)
    event.refresh_from_db()
    return event


def _person(side: "WorldSide", name: str) -> Person:
    return Person(
        name=f"{name} {side.name}",
        email=f"{name.lower()}.{side.name.lower()}@example.com",
    )
