"""From a form to a submitted order: the manager's verbs."""

import uuid
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import (
    content,
    drawing_up,
    eligibility,
    following,
    gifts,
    lifecycle,
    notices,
    obstacles,
    pricing,
    rows,
    splitting,
)
from orders.gifts import DigitalGift
from orders.models import Order, Reward, Submission
from orders.states import EDITABLE, OrderStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from portal.outbox.messages import enqueue
from programs import budget, catalogue, programs


class NotSubmittable(Exception):
    """The order as it stands may not be sent; `problems` says why."""

    def __init__(self, problems: list[eligibility.Problem]) -> None:
        super().__init__("; ".join(problem.field for problem in problems))
        self.problems = problems


def create(gift: DigitalGift, *, actor: Actor, form_key: uuid.UUID) -> Order:
    """A draft order; the same `form_key` again gives the same order.

    A form that comes back changed, by the Back button, changes the draft it made.
    Raises PoNumberTaken, recipients.Conflict, consent's refusals and StaleOrder.
    """
    return drawing_up.once(
        form_key,
        make=lambda: _create(gift, actor=actor, form_key=form_key),
        again=lambda order: (
            order
            if gifts.is_stored(gift, order)
            else edit(order, gift, version=drawing_up.AS_MADE, actor=actor)
        ),
    )


@transaction.atomic(durable=True)
def _create(gift: DigitalGift, *, actor: Actor, form_key: uuid.UUID) -> Order:
    order = drawing_up.fresh(
        Order.Type.DIGITAL,
        gift,
        form_key=form_key,
        pattern=settings.PO_PATTERN,
        actor=actor,
    )
    return _draw_up(order, Reward(order=order), gift, actor=actor)


@transaction.atomic(durable=True)
def edit(order: Order, gift: DigitalGift, *, version: int, actor: Actor) -> Order:
    """Replace what a draft asks for. Raises StaleOrder when it changed meanwhile.

    Raises drawing_up.ProgramFixed for another program, once somebody may have decided
    in this one.
    """
    order = drawing_up.reopened(
        order,
        gift,
        version=version,
        type=Order.Type.DIGITAL,
        shape=Order.Shape.SINGLE,
    )
    return _draw_up(order, order.rewards.get(), gift, actor=actor)


def _draw_up(order: Order, reward: Reward, gift: DigitalGift, *, actor: Actor) -> Order:
    quote = catalogue.quote(gift.product, gift.value, gift.quantity)
    drawing_up.price(order, pricing.times(quote))
    drawing_up.store(order)
    gifts.write(reward, gift, actor=actor)
    return drawing_up.conclude(order, actor=actor)


@transaction.atomic(durable=True)
def submit(
    order: Order, *, version: int, actor: Actor, shown: Money | None = None
) -> Order:
    """Hold the budget and ask for approval, or approve by rule where none is needed.

    `shown` is the cost that was on the button. Raises NotSubmittable with everything
    that stands in the way, StaleOrder when the order is not what was on screen.
    """
    order = lifecycle.lock(order.pk)
    if order.version != version or order.status not in EDITABLE:
        raise lifecycle.StaleOrder(order)
    order.program = budget.lock(order.program_id)
    facts = _checked(order, shown)
    order.content_hash = content.hash_of(facts)
    order.rule = programs.approval_rule_sentence(order.program)
    needs_approval = programs.needs_approval(order.program, splitting.counted(order))
    lifecycle.move(order, OrderStatus.SUBMITTED)
    hold(order, actor=actor)
    drawing_up.contribute(order, actor)
    Submission.objects.create(
        order=order,
        user_id=actor.user_id,
        content_hash=order.content_hash,
        facts=facts,
    )
    if needs_approval:
        notices.to_approvers(order)
    else:
        start_release_hold(order)
    _journal_submission(order, needs_approval, actor)
    return order


@transaction.atomic(durable=True)
def cancel(order: Order, *, version: int, actor: Actor) -> Order:
    """Stop an order that has not reached the provider, and free its money."""
    order = lifecycle.lock(order.pk)
    if order.version != version:
        raise lifecycle.StaleOrder(order)
    if order.status in (OrderStatus.PLACING, OrderStatus.NEEDS_ATTENTION):
        # An order that was handed to the provider is attention.give_up's business.
        raise lifecycle.TransitionRefused(order, OrderStatus.CANCELLED)
    if order.status in (OrderStatus.SUBMITTED, OrderStatus.APPROVED):
        release(order, actor=actor)
    lifecycle.move(order, OrderStatus.CANCELLED)
    cancel_rewards(order)
    journal.record(
        Action.ORDER_CANCELLED, order, actor=actor, program_id=order.program_id
    )
    return order


def cancel_rewards(order: Order) -> None:
    """Nothing of an order that just ended will be sent; its rows are free again."""
    rows.give_back_all(order)
    order.rewards.update(status=RewardStatus.CANCELLED)
    following.follow(order, order.rewards.all())


def start_release_hold(order: Order) -> None:
    """Start the release hold of a submitted order, within the verb that may."""
    order.release_at = timezone.now() + timedelta(seconds=settings.RELEASE_HOLD_SECONDS)
    lifecycle.move(order, OrderStatus.APPROVED)
    enqueue(
        "orders.release", order.pk, {"order": order.pk}, not_before=order.release_at
    )


def hold(order: Order, *, actor: Actor) -> None:
    """Set the estimate aside, within a verb that holds the order's lock."""
    budget.hold(
        order.program,
        order.estimate,
        key=f"order-{order.pk}-v{order.version}",
        order_id=order.pk,
        actor=actor,
    )


def release(order: Order, *, actor: Actor) -> None:
    """Give the estimate back; nothing of this order may have been sent."""
    budget.release(
        budget.lock(order.program_id),
        order.estimate,
        key=f"order-{order.pk}-v{order.version}",
        order_id=order.pk,
        actor=actor,
    )


def _journal_submission(order: Order, needs_approval: bool, actor: Actor) -> None:
    journal.record(
        Action.ORDER_SUBMITTED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={
            "content": order.content_hash,
            "estimate": order.estimate_minor,
            "needs_approval": needs_approval,
        },
    )


def _checked(order: Order, shown: Money | None) -> content.Facts:
    """The facts of a locked order at today's price. Raises NotSubmittable."""
    requote(order)
    found = obstacles.of(order)
    if shown is not None and shown != order.estimate:
        changed = _(
            "The price is %(now)s now, not %(shown)s. Check it and submit again."
        )
        found.append(
            eligibility.Problem(
                "value", changed % {"now": order.estimate, "shown": shown}
            )
        )
    if found:
        raise NotSubmittable(found)
    return content.of(order)


def requote(order: Order) -> None:
    """Today's price: the catalogue may have changed since the draft was saved."""
    totals = pricing.totals_of(pricing.shares(order))
    for name, minor in asdict(totals).items():
        setattr(order, name, minor)
    order.save(update_fields=[*asdict(totals)])
