"""From awards to orders: one reward at once, or those of an hour or a day in one.

An award is tied to its reward in the transaction that makes it, so whatever is run
twice finds nothing left to order. Submitting is a verb of its own: the approval rules
of the program apply to what other systems trigger as well.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Final

from django.conf import settings
from django.db import transaction

from orders import content, drafts, drawing_up, eligibility, gifts, po_numbers, pricing
from orders.award_states import AwardStatus
from orders.models import Award, Order, Reward
from orders.screening import Screen
from orders.states import OrderStatus
from orders.triggers import acting, refusing, routing, wishes
from orders.triggers.problems import Code, Refused
from portal.actors import WORKER
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs import consent, recipients

SUBMIT: Final = "triggers.submit"
# Few enough that pages do not wait for SQLite's one writer.
_AT_ONCE: Final = 50
_COLLECTED: Final = uuid.UUID("6b1f0a2e-3f57-4c52-9d0e-7c1d5f8a9b40")


@transaction.atomic(durable=True)
def order_one(award_id: int) -> None:
    """An order of its own for an award that is ready; safe to repeat."""
    award = routing.lock(award_id)
    if award.status != AwardStatus.READY:
        return
    order = _fresh(award, Order.Origin.TRIGGER, uuid.uuid4())
    if _fill(order, [award]):
        _submit_soon(order)
        drawing_up.conclude(order, actor=acting.of_award(award), event=award.event_id)


@transaction.atomic(durable=True)
def collect_some(rule_id: int, due: int) -> bool:
    """Put some awards of a period into its order; whether there is nothing left.

    `due` is the end of the period, in seconds since 1970. Safe to repeat at any moment,
    also after a crash.
    """
    waiting = Award.objects.filter(
        rule=rule_id,
        status=AwardStatus.COLLECTING,
        due_at=datetime.fromtimestamp(due, UTC),
    ).order_by("pk")
    awards = [
        routing.lock(pk) for pk in waiting.values_list("pk", flat=True)[:_AT_ONCE]
    ]
    order = _open_order(rule_id, due)
    if not awards:
        if order is not None:
            _close(order)
        return True
    if order is None:
        order = _fresh(awards[0], Order.Origin.COLLECTED, _next_key(rule_id, due))
    is_new = order._state.adding
    if _fill(order, awards) and is_new:
        actor = acting.of_award(awards[0])
        drawing_up.conclude(order, actor=actor, rule=rule_id)
    return False


def submit(order_id: int) -> None:
    """Submit a triggered order by the program's rules, or refuse its awards."""
    order = Order.objects.select_related("program").get(pk=order_id)
    problem = Refused(Code.NOT_ORDERED)
    if order.status == OrderStatus.DRAFT:
        actor = acting.of_order(order)
        try:
            drafts.submit(order, version=order.version, actor=actor)
        except drafts.NotSubmittable as refusal:
            first = refusal.problems[0]
            problem = Refused(Code(first.kind.value), first.message)
            drafts.cancel(order, version=order.version, actor=actor)
        order.refresh_from_db()
    if order.status == OrderStatus.CANCELLED:
        give_back(order_id, problem)


@transaction.atomic(durable=True)
def give_back(order_id: int, problem: Refused) -> None:
    """Nothing came of an order: its awards are refused, and may be tried again."""
    awards = Award.objects.filter(reward__order=order_id, status=AwardStatus.ORDERED)
    for pk in awards.order_by("pk").values_list("pk", flat=True):
        award = routing.lock(pk)
        award.reward = None
        refusing.refuse(award, problem)


def _fresh(award: Award, origin: Order.Origin, form_key: uuid.UUID) -> Order:
    """An order without its rewards, not stored."""
    return Order(
        type=Order.Type.DIGITAL,
        origin=origin,
        program=award.program,
        form_key=form_key,
        currency=award.program.currency,
        created_by_id=acting.of_award(award).answerable_id,
        rewards_planned=0,
        rewards_count=0,
    )


def _fill(order: Order, awards: Sequence[Award]) -> bool:
    """Make these awards rewards of the order; whether that stored any.

    What may not be sent is refused, and keeps none of the others from being sent.
    """
    kept = list(_sendable(order, awards))
    if not kept:
        return False
    if order._state.adding:
        order.po_number = po_numbers.next_number(settings.PROMO_PO_PATTERN)
    is_collected = order.origin == Order.Origin.COLLECTED
    order.rewards_count += len(kept)
    # More may come until it is closed.
    order.rewards_planned = order.rewards_count + is_collected
    drawing_up.store(order)
    for award, reward in kept:
        reward.order = order
        reward.save(force_insert=True)
        award.reward = reward
        award.due_at = None
        routing.move(award, AwardStatus.ORDERED)
        acting.contribute(order, award)
    drafts.requote(order)
    return True


def _sendable(order: Order, awards: Sequence[Award]) -> Iterator[tuple[Award, Reward]]:
    """Those that may be sent now, with their rewards; the others are refused."""
    made = list(_rewards(order, awards))
    screen = Screen(order, counts_stored=not order._state.adding)
    problems = screen.problems([reward for _award, reward in made])
    prices = pricing.Prices(order.currency)
    left = order.program.available - order.estimate
    for (award, reward), problem in zip(made, problems, strict=True):
        cost = prices.of(reward).total
        if problem is not None:
            refusal = Refused(Code(problem.kind.value), problem.message)
        elif cost > left:
            refusal = Refused(Code.BUDGET_EXHAUSTED)
        else:
            left -= cost
            yield award, reward
            continue
        refusing.refuse(award, refusal)


def _rewards(order: Order, awards: Sequence[Award]) -> Iterator[tuple[Award, Reward]]:
    """Each award as a reward, not stored, where that is possible at all."""
    stopped = next(eligibility.program_problems(order.program), None)
    for award in awards:
        try:
            if stopped is not None:
                wishes.refuse([stopped])
            yield award, _reward(order, award)
        except Refused as refusal:
            refusing.refuse(award, refusal)


def _reward(order: Order, award: Award) -> Reward:
    reward = Reward(order=order)
    try:
        gifts.fill(reward, wishes.gift_of(award), actor=acting.of_award(award))
    except recipients.Conflict:
        raise Refused(Code.CONTACTS_CONFLICT) from None
    except consent.Refused as refusal:
        raise Refused(Code.CONSENT_WITHDRAWN, str(refusal)) from None
    award.recipient = reward.recipient
    return reward


def _open_order(rule_id: int, due: int) -> Order | None:
    """The order of this period that is still being filled."""
    for key in _keys(rule_id, due):
        order = Order.objects.select_for_update().filter(form_key=key).first()
        if order is None:
            return None
        if order.status == OrderStatus.DRAFT and order.is_filling:
            return order
    return None


def _next_key(rule_id: int, due: int) -> uuid.UUID:
    """Of awards that came after their period's order was submitted, another order."""
    return next(
        key
        for key in _keys(rule_id, due)
        if not Order.objects.filter(form_key=key).exists()
    )


def _keys(rule_id: int, due: int) -> Iterator[uuid.UUID]:
    return (uuid.uuid5(_COLLECTED, f"{rule_id}-{due}-{n}") for n in count())


def _close(order: Order) -> None:
    order.rewards_planned = order.rewards_count
    order.save(update_fields=["rewards_planned"])
    _submit_soon(order)
    journal.record(
        Action.ORDER_FILLED,
        order,
        actor=WORKER,
        program_id=order.program_id,
        data={
            "rewards": order.rewards_count,
            "digest": content.hash_of(content.of(order)),
        },
    )


def _submit_soon(order: Order) -> None:
    enqueue(SUBMIT, order.pk, {"order": order.pk})
