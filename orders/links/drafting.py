"""From the form to a draft of claim links, and back into the form."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from orders import batches, drawing_up
from orders.batches import LinkWish
from orders.models import LinkBatch, Order, Reward
from portal.actors import Actor
from portal.money import Money

_AT_ONCE = 1000


def create(wish: LinkWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    """A draft; the same `form_key` again gives the same order, as it is asked for now.

    Raises PoNumberTaken, and StaleOrder where that order went on meanwhile.
    """
    return drawing_up.once(
        form_key,
        make=lambda: _create(wish, actor=actor, form_key=form_key),
        again=lambda order: _again(order, wish, actor=actor),
    )


@transaction.atomic(durable=True)
def edit(order: Order, wish: LinkWish, *, version: int, actor: Actor) -> Order:
    """Replace what a draft asks for. Raises StaleOrder when it changed meanwhile.

    Raises drawing_up.ProgramFixed for another program, once somebody may have decided
    in this one.
    """
    order = drawing_up.reopened(
        order, wish, version=version, type=Order.Type.LINKS, shape=Order.Shape.LINKS
    )
    is_same = _line_of(batches.wish_of(order)) == _line_of(wish)
    _store(order, order.links, wish)
    if not is_same:
        order.rewards.all().delete()
        _write_lines(order, wish)
    return drawing_up.conclude(order, actor=actor)


def _again(existing: Order, wish: LinkWish, *, actor: Actor) -> Order:
    if existing.shape == Order.Shape.LINKS:
        stored = batches.wish_of(existing)
        # A number that was left to be counted up is none of the form's.
        if stored == replace(wish, po_number=wish.po_number or stored.po_number):
            return existing
    return edit(existing, wish, version=drawing_up.AS_MADE, actor=actor)


@transaction.atomic(durable=True)
def _create(wish: LinkWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    order = drawing_up.fresh(
        Order.Type.LINKS,
        wish,
        form_key=form_key,
        pattern=settings.LINKS_PO_PATTERN,
        actor=actor,
    )
    _store(order, LinkBatch(order=order), wish)
    _write_lines(order, wish)
    return drawing_up.conclude(order, actor=actor)


def _store(order: Order, batch: LinkBatch, wish: LinkWish) -> None:
    drawing_up.price(order, batches.totals(wish))
    order.rewards_planned = order.rewards_count = len(wish.lines)
    drawing_up.store(order)
    batch.order = order
    _write_terms(batch, wish)


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
