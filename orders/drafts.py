"""From a form to a submitted order: the manager's verbs."""

import uuid
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import (
    content,
    eligibility,
    gifts,
    lifecycle,
    notices,
    obstacles,
    po_numbers,
    pricing,
    rows,
)
from orders.gifts import DigitalGift
from orders.models import Contributor, Order, Reward, Submission
from orders.states import EDITABLE, OrderStatus, RewardStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money
from portal.outbox.messages import enqueue
from programs import budget, programs


class ProgramFixed(Exception):
    """What was submitted in one program cannot move to another."""


_AS_MADE = 1


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
    if existing := Order.objects.filter(form_key=form_key).first():
        if gifts.is_stored(gift, existing):
            return existing
        # Only the draft as it was made may be changed by the form that made it.
        return edit(existing, gift, version=_AS_MADE, actor=actor)
    try:
        return _create(gift, actor=actor, form_key=form_key)
    except (IntegrityError, po_numbers.PoNumberTaken):
        # A double click: the other request has made the order meanwhile.
        if existing := Order.objects.filter(form_key=form_key).first():
            return existing
        raise


@transaction.atomic(durable=True)
def _create(gift: DigitalGift, *, actor: Actor, form_key: uuid.UUID) -> Order:
    po_number = gift.po_number or po_numbers.next_number()
    with po_numbers.refusing_taken(po_number):
        order = Order.objects.create(
            program=gift.program,
            form_key=form_key,
            po_number=po_number,
            note=gift.note,
            created_by_id=actor.person_id,
            **gifts.quoted(gift),
        )
    gifts.write(Reward(order=order), gift, actor=actor)
    contribute(order, actor)
    journal.record(
        Action.ORDER_CREATED,
        order,
        actor=actor,
        program_id=gift.program.pk,
        data={"po_number": order.po_number, "estimate": order.estimate_minor},
    )
    return order


@transaction.atomic(durable=True)
def edit(order: Order, gift: DigitalGift, *, version: int, actor: Actor) -> Order:
    """Replace what a draft asks for. Raises StaleOrder when it changed meanwhile.

    Raises ProgramFixed for another program, once somebody may have decided in this one.
    """
    order = lifecycle.lock(order.pk)
    is_editable = order.status in EDITABLE and order.shape == Order.Shape.SINGLE
    if order.version != version or not is_editable:
        raise lifecycle.StaleOrder(order)
    if order.submitted_at and gift.program != order.program:
        raise ProgramFixed
    order.program = gift.program
    order.po_number = gift.po_number or order.po_number
    order.note = gift.note
    order.version += 1
    for name, value in gifts.quoted(gift).items():
        setattr(order, name, value)
    with po_numbers.refusing_taken(order.po_number, besides=order):
        order.save()
    gifts.write(order.rewards.get(), gift, actor=actor)
    contribute(order, actor)
    journal.record(
        Action.ORDER_EDITED,
        order,
        actor=actor,
        program_id=gift.program.pk,
        data={"version": order.version, "estimate": order.estimate_minor},
    )
    return order


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
    needs_approval = programs.needs_approval(order.program, order.estimate)
    lifecycle.move(order, OrderStatus.SUBMITTED)
    hold(order, actor=actor)
    contribute(order, actor)
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


def contribute(order: Order, actor: Actor) -> None:
    """Remember who had a hand in it, and so can never approve it."""
    if actor.user_id is not None:
        Contributor.objects.get_or_create(order=order, user_id=actor.user_id)
