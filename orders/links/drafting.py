"""From the form to a draft of claim links, and back into the form."""

import uuid
from dataclasses import asdict, replace

from django.conf import settings
from django.db import IntegrityError, transaction

from orders import batches, drafts, lifecycle, po_numbers
from orders.batches import LinkWish
from orders.models import LinkBatch, Order, Reward
from orders.states import EDITABLE
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.money import Money

_AT_ONCE = 1000
_AS_MADE = 1


def create(wish: LinkWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    """A draft; the same `form_key` again gives the same order, as it is asked for now.

    Raises PoNumberTaken, and StaleOrder where that order went on meanwhile.
    """
    if existing := Order.objects.filter(form_key=form_key).first():
        return _again(existing, wish, actor=actor)
    try:
        return _create(wish, actor=actor, form_key=form_key)
    except (IntegrityError, po_numbers.PoNumberTaken):
        # A double click: the other request has made the order meanwhile.
        if existing := Order.objects.filter(form_key=form_key).first():
            return existing
        raise


@transaction.atomic(durable=True)
def edit(order: Order, wish: LinkWish, *, version: int, actor: Actor) -> Order:
    """Replace what a draft asks for. Raises StaleOrder when it changed meanwhile.

    Raises drafts.ProgramFixed for another program, once somebody may have decided in
    this one.
    """
    order = lifecycle.lock(order.pk)
    is_ours = order.shape == Order.Shape.LINKS and order.status in EDITABLE
    if order.version != version or not is_ours:
        raise lifecycle.StaleOrder(order)
    if order.submitted_at and wish.program != order.program:
        raise drafts.ProgramFixed
    before = batches.wish_of(order)
    order.program = wish.program
    order.po_number = wish.po_number or order.po_number
    order.note = wish.note
    order.version += 1
    _price(order, wish)
    with po_numbers.refusing_taken(order.po_number, besides=order):
        order.save()
    _write_terms(order.links, wish)
    if _line_of(before) != _line_of(wish):
        order.rewards.all().delete()
        _write_lines(order, wish)
    drafts.contribute(order, actor)
    journal.record(
        Action.ORDER_EDITED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"version": order.version, "estimate": order.estimate_minor},
    )
    return order


def _again(existing: Order, wish: LinkWish, *, actor: Actor) -> Order:
    if existing.shape == Order.Shape.LINKS:
        stored = batches.wish_of(existing)
        # A number that was left to be counted up is none of the form's.
        if stored == replace(wish, po_number=wish.po_number or stored.po_number):
            return existing
    # Only the draft as it was made may be changed by the form that made it.
    return edit(existing, wish, version=_AS_MADE, actor=actor)


@transaction.atomic(durable=True)
def _create(wish: LinkWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    number = wish.po_number or po_numbers.next_number(settings.LINKS_PO_PATTERN)
    order = Order(
        type=Order.Type.LINKS,
        program=wish.program,
        form_key=form_key,
        po_number=number,
        note=wish.note,
        created_by_id=actor.person_id,
    )
    _price(order, wish)
    with po_numbers.refusing_taken(number):
        order.save()
    _write_terms(LinkBatch(order=order), wish)
    _write_lines(order, wish)
    drafts.contribute(order, actor)
    journal.record(
        Action.ORDER_CREATED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={"po_number": number, "estimate": order.estimate_minor},
    )
    return order


def _price(order: Order, wish: LinkWish) -> None:
    order.currency = wish.program.currency
    for name, minor in asdict(batches.totals(wish)).items():
        setattr(order, name, minor)
    order.rewards_planned = order.rewards_count = len(wish.lines)


def _write_terms(batch: LinkBatch, wish: LinkWish) -> None:
    for name in ("label", "quantity", "is_one_line", "way", "expires_on", "from_name"):
        setattr(batch, name, getattr(wish, name))
    batch.message = wish.message
    batch.save()


def _line_of(wish: LinkWish) -> tuple[object, ...]:
    """All that the rewards of a batch are made from."""
    return wish.product.pk, wish.value, wish.quantity, wish.is_one_line


def _write_lines(order: Order, wish: LinkWish) -> None:
    """A reward for each line item."""
    value_minor = Money(wish.value, wish.program.currency).minor
    rewards = (
        Reward(
            order=order,
            product=wish.product,
            value_minor=value_minor,
            quantity=quantity,
            external_id="" if wish.is_one_line else f"{order.reference}-{number:05}",
        )
        for number, quantity in enumerate(wish.lines, start=1)
    )
    Reward.objects.bulk_create(rewards, batch_size=_AT_ONCE)
