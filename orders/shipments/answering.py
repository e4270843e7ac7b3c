"""A recipient says where their card is to go, by the link that was mailed to them."""

from enum import StrEnum
from typing import Final

from django.db import transaction
from django.utils import timezone

from orders import lifecycle, postal
from orders.models import AddressRequest, Shipment
from orders.shipments import ending, tokens
from orders.states import OrderStatus
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry
from programs import address_book, recipients
from programs.addresses.fields import Address
from programs.models import Program, Recipient

# Whoever has the link may change their mind, but must not fill the journal.
MOST_CHANGES: Final = 20
# Which words they agreed to; those of today are in orders/forms/address_answer.py.
WORDING: Final = "address-1"


class Closed(Exception):
    """The link takes no answer, or no more of them."""


class Stage(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    CANCELLED = "cancelled"
    OVER = "over"


def find(token: str) -> AddressRequest | None:
    """The request behind a token, whatever became of it; one query for any text."""
    related = AddressRequest.objects.select_related(
        "shipment__reward__order__program",
        "shipment__reward__recipient__merged_into",
    )
    return related.filter(token_digest=tokens.digest(token)).first()


def stage(request: AddressRequest) -> Stage:
    """Whether it takes an answer, or why not; no query."""
    order = request.shipment.reward.order
    # Nothing of a program that ended for good is ever ordered.
    runs = order.program.status != Program.Status.CLOSED
    collects = order.status == OrderStatus.COLLECTING and runs
    if collects and not request.problem and request.expires_at > timezone.now():
        return Stage.OPEN
    if order.status == OrderStatus.CANCELLED:
        return Stage.CANCELLED
    return Stage.GIVEN if request.answered_at else Stage.OVER


def reader(request: AddressRequest) -> Recipient:
    """Who was asked: the record that lives, if it was merged since."""
    person = request.shipment.reward.recipient
    assert person is not None  # noqa: S101  (a parcel always has somebody)
    return person.merged_into or person


@transaction.atomic(durable=True)
def answer(token: str, address: Address, *, actor: Actor) -> None:
    """Put a normal, judged address on the parcel; keep it with whoever it is named for.

    The same address again changes nothing, so that pressing twice is one answer. The
    last one that was waited for makes the order a draft again. Raises Closed.
    """
    if (found := find(token)) is None:
        raise Closed
    order = lifecycle.lock(found.shipment.reward.order_id)
    # As it is now that nobody else changes it.
    request = find(token)
    parcel = found.shipment if request is None else request.shipment
    is_same = postal.address_of(parcel) == address
    if request is not None and is_same and request.answered_at:
        return
    if request is None or stage(request) != Stage.OPEN or _is_worn_out(parcel):
        raise Closed
    is_first = request.answered_at is None
    if not is_same:
        # Staff may have kept theirs for a reason; a new one is confirmed.
        parcel.reason, parcel.overridden_by = "", None
        postal.write_label(parcel, address.name, address)
        parcel.save()
    request.answered_at = timezone.now()
    request.save(update_fields=["answered_at"])
    is_kept = _keep(request, address, actor)
    journal.record(
        Action.ADDRESS_GIVEN,
        parcel,
        actor=actor,
        program_id=order.program_id,
        data={
            "order": order.pk,
            "first": is_first,
            "confirmed": is_same,
            "kept": is_kept,
            "wording": WORDING,
        },
    )
    ending.finish_if_over(order, actor=actor)


def _is_worn_out(parcel: Shipment) -> bool:
    given = Entry.objects.about("shipment", parcel.pk)
    return given.filter(action=Action.ADDRESS_GIVEN).count() >= MOST_CHANGES


def _keep(request: AddressRequest, address: Address, actor: Actor) -> bool:
    """Whether it is in the address book now; the parcel has it in any case."""
    person, reason = reader(request), request.shipment.reason
    try:
        kept = address_book.remember(person, address, reason=reason, actor=actor)
    except (address_book.Refused, recipients.Stale):
        # The rules of its post changed, or the record was merged just now.
        return False
    return kept is not None
