"""From the form to a draft of one card in the post, and back into the form."""

import uuid
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from orders import drawing_up, postal, pricing
from orders.models import Order, Reward, Shipment
from orders.postal import PostalWish
from orders.states import OrderStatus
from portal.actors import Actor
from portal.money import Money
from programs import address_book, catalogue, recipients, shipping
from programs.models import Recipient
from programs.sheets import residents


def create(wish: PostalWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    """A draft; the same `form_key` again gives the same order, as it is asked for now.

    Raises PoNumberTaken, recipients.Conflict, address_book.Refused, and StaleOrder
    where that order went on meanwhile.
    """
    return drawing_up.once(
        form_key,
        make=lambda: _create(wish, actor=actor, form_key=form_key),
        again=lambda order: _again(order, wish, actor=actor),
    )


@transaction.atomic(durable=True)
def edit(order: Order, wish: PostalWish, *, version: int, actor: Actor) -> Order:
    """Replace what a draft asks for. Raises StaleOrder when it changed meanwhile.

    Raises drawing_up.ProgramFixed for another program, once somebody may have decided
    in this one, and what `create` raises.
    """
    order = drawing_up.reopened(
        order,
        wish,
        version=version,
        type=Order.Type.PHYSICAL,
        shape=Order.Shape.SINGLE,
    )
    if order.status == OrderStatus.DRAFT:
        order.problem = ""  # That an address was missing; others stay until submitted.
    reward = order.rewards.select_related("shipment").get()
    return _draw_up(order, reward, reward.shipment, wish, actor=actor)


def _again(existing: Order, wish: PostalWish, *, actor: Actor) -> Order:
    if existing.is_postal and existing.shape == Order.Shape.SINGLE:
        stored = postal.wish_of(existing)
        # A number that was left to be counted up is none of the form's.
        if stored == replace(wish, po_number=wish.po_number or stored.po_number):
            return existing
    return edit(existing, wish, version=drawing_up.AS_MADE, actor=actor)


@transaction.atomic(durable=True)
def _create(wish: PostalWish, *, actor: Actor, form_key: uuid.UUID) -> Order:
    order = drawing_up.fresh(
        Order.Type.PHYSICAL,
        wish,
        form_key=form_key,
        pattern=settings.POST_PO_PATTERN,
        actor=actor,
    )
    return _draw_up(order, Reward(order=order), Shipment(), wish, actor=actor)


def _draw_up(
    order: Order, reward: Reward, parcel: Shipment, wish: PostalWish, *, actor: Actor
) -> Order:
    quote = pricing.posted(
        catalogue.quote(wish.product, wish.value, wish.quantity),
        shipping.cost(wish.method, wish.program.currency),
    )
    drawing_up.price(order, pricing.times(quote))
    drawing_up.store(order)
    _write(reward, parcel, wish, actor=actor)
    return drawing_up.conclude(order, actor=actor, address_overridden=bool(wish.reason))


def _write(reward: Reward, parcel: Shipment, wish: PostalWish, *, actor: Actor) -> None:
    """Find or add the recipient, remember the address, and store reward and parcel."""
    person = _person(wish, _kept(reward, parcel, wish), actor=actor)
    if wish.address is not None:
        address_book.remember(person, wish.address, reason=wish.reason, actor=actor)
    reward.recipient = person
    reward.product = wish.product
    reward.value_minor = Money(wish.value, wish.program.currency).minor
    reward.quantity = wish.quantity
    reward.email, reward.phone = wish.email, wish.phone
    reward.to_name, reward.from_name = wish.to_name, wish.from_name
    reward.message = wish.message
    reward.save()
    parcel.reward = reward
    parcel.program = wish.program
    postal.write_label(parcel, wish.name, wish.address)
    parcel.reason = wish.reason
    parcel.overridden_by_id = actor.user_id if wish.reason else None
    parcel.method = wish.method
    parcel.card_carrier = wish.card_carrier
    parcel.needed_by = wish.needed_by
    parcel.save()


def _kept(reward: Reward, parcel: Shipment, wish: PostalWish) -> Recipient | None:
    """Whom the draft is for, while nothing else is said of them.

    Somebody without a contact may be called otherwise by now.
    """
    person, had_contact = reward.recipient, reward.email or reward.phone
    if person is None or had_contact or postal.address_of(parcel) != wish.address:
        return None
    person = person.merged_into or person
    is_theirs = person.programs.filter(pk=wish.program.pk).exists()
    return person if is_theirs else None


def _person(wish: PostalWish, kept: Recipient | None, *, actor: Actor) -> Recipient:
    """By their contacts; else whoever the form is about, it was for, or lives there."""
    if wish.email or wish.phone:
        return recipients.find_or_add(
            wish.program,
            name=wish.name,
            email=wish.email,
            phone=wish.phone,
            actor=actor,
        )
    person = wish.recipient or kept
    if person is None and wish.address is not None:
        # A list may bring the same person in this very moment.
        residents.lock(wish.program)
        person = address_book.resident(wish.program, wish.address)
    if person is None:
        return recipients.add_by_post(wish.program, name=wish.name, actor=actor)
    recipients.welcome(person, wish.program, actor=actor)
    return person
