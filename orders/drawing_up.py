"""Drawing up a draft: the steps that are the same whatever the order asks for."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Final, Protocol

from django.db import IntegrityError

from orders import lifecycle, po_numbers
from orders.models import Contributor, Order
from orders.pricing import Totals
from orders.states import EDITABLE
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json
from programs.models import Program

# Only the draft as it was made may be changed by the form that made it.
AS_MADE: Final = 1


class ProgramFixed(Exception):
    """What was submitted in one program cannot move to another."""


class Asked(Protocol):
    """What every form holds; an empty PONumber leaves it to be counted up."""

    @property
    def program(self) -> Program: ...
    @property
    def po_number(self) -> str: ...
    @property
    def note(self) -> str: ...


def once(
    form_key: uuid.UUID, *, make: Callable[[], Order], again: Callable[[Order], Order]
) -> Order:
    """The one order of a form: made, or found and handed to `again`.

    Raises what those two raise.
    """
    if existing := Order.objects.filter(form_key=form_key).first():
        return again(existing)
    try:
        return make()
    except (IntegrityError, po_numbers.PoNumberTaken):
        # A double click: the other request has made the order meanwhile.
        if existing := Order.objects.filter(form_key=form_key).first():
            return existing
        raise


def fresh(
    type: str, asked: Asked, *, form_key: uuid.UUID, pattern: str, actor: Actor
) -> Order:
    """An order without its price and lines, not stored."""
    return Order(
        type=type,
        program=asked.program,
        form_key=form_key,
        po_number=asked.po_number or po_numbers.next_number(pattern),
        note=asked.note,
        created_by_id=actor.answerable_id,
    )


def reopened(
    order: Order, asked: Asked, *, version: int, type: str, shape: Order.Shape
) -> Order:
    """A draft of this kind, locked, with what every form changes; not stored.

    Raises lifecycle.StaleOrder where it is no such draft, or not of this version any
    more; ProgramFixed for another program, once somebody may have decided in this one.
    """
    order = lifecycle.lock(order.pk)
    is_ours = (order.type, order.shape) == (type, shape)
    # What was triggered is what its rule says.
    is_ours = is_ours and order.origin == Order.Origin.PERSON
    if order.version != version or order.status not in EDITABLE or not is_ours:
        raise lifecycle.StaleOrder(order)
    if order.submitted_at and asked.program != order.program:
        raise ProgramFixed
    order.program = asked.program
    order.po_number = asked.po_number or order.po_number
    order.note = asked.note
    order.version += 1
    return order


def store(order: Order) -> None:
    """Save it. Raises PoNumberTaken where another order has its number."""
    besides = order if order.pk else None
    with po_numbers.refusing_taken(order.po_number, besides=besides):
        order.save()


def price(order: Order, totals: Totals) -> None:
    """Put on it what it comes to today."""
    order.currency = order.program.currency
    for name, minor in asdict(totals).items():
        setattr(order, name, minor)


def contribute(order: Order, actor: Actor) -> None:
    """Remember who had a hand in it, and so can never approve it."""
    if actor.hand_id is not None:
        Contributor.objects.get_or_create(order=order, user_id=actor.hand_id)


def conclude(order: Order, *, actor: Actor, **more: Json) -> Order:
    """Note who drew it up, and journal it: the last step of creating and editing."""
    contribute(order, actor)
    is_new = order.version == AS_MADE
    told: dict[str, Json] = (
        {"po_number": order.po_number} if is_new else {"version": order.version}
    )
    journal.record(
        Action.ORDER_CREATED if is_new else Action.ORDER_EDITED,
        order,
        actor=actor,
        program_id=order.program_id,
        data={**told, "estimate": order.estimate_minor, **more},
    )
    return order
