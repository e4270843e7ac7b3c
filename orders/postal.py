"""A card in the post as the form holds it, and whether its parcel may be posted now.

Every answer names the field it belongs to, the problem and the remedy.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from orders import eligibility
from orders.eligibility import Gift, Problem
from orders.models import Order, Shipment
from programs import arrival, shipping
from programs.addresses.fields import Address
from programs.addresses.fields import Field as Part
from programs.models import Product, Program, Recipient, ShippingMethod
from programs.shipping import CarrierQuestion

PHYSICAL: Final = Program.DeliveryType.PHYSICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalWish:
    """What the form holds; contacts are normalised, `value` is in major units.

    `address` is normal and judged, None where the recipient will be asked by `email`;
    `reason` is why it is kept although it is in doubt.
    """

    program: Program
    product: Product
    value: Decimal
    quantity: int
    name: str
    method: ShippingMethod
    to_name: str
    from_name: str
    address: Address | None = field(default=None, repr=False)
    reason: str = ""
    email: str = ""
    phone: str = ""
    card_carrier: str = ""
    needed_by: date | None = None
    message: str = ""
    po_number: str = ""
    note: str = ""
    # Whom the form was opened for, or the contacts belong to; None for somebody new.
    recipient: Recipient | None = field(default=None, compare=False)

    @property
    def gift(self) -> Gift:
        """The same as every gift's rules see it."""
        return Gift(
            program=self.program,
            product=self.product,
            value=self.value,
            quantity=self.quantity,
            recipient=self.recipient,
            email=self.email,
            phone=self.phone,
            deliver_at=None,
            delivery_type=PHYSICAL,
            shipping=shipping.cost(self.method, self.program.currency),
        )

    @property
    def parcel(self) -> Shipment:
        """The parcel it asks for, not saved."""
        parcel = Shipment(
            method=self.method, card_carrier=self.card_carrier, needed_by=self.needed_by
        )
        write_label(parcel, self.name, self.address)
        return parcel


def wish_of(order: Order) -> PostalWish:
    """What a stored order of one parcel asks for."""
    reward = order.rewards.select_related(
        "recipient", "product", "shipment__method", "order"
    ).get()
    parcel = reward.shipment
    return PostalWish(
        program=order.program,
        product=reward.product,
        value=reward.value.amount,
        quantity=reward.quantity,
        name=parcel.name,
        method=parcel.method,
        to_name=reward.to_name,
        from_name=reward.from_name,
        address=address_of(parcel),
        reason=parcel.reason,
        email=reward.email,
        phone=reward.phone,
        card_carrier=parcel.card_carrier,
        needed_by=parcel.needed_by,
        message=reward.message,
        po_number=order.po_number,
        note=order.note,
        recipient=reward.recipient,
    )


def address_of(parcel: Shipment) -> Address | None:
    """Where it goes, as it can be printed; None while nobody knows."""
    if not parcel.has_address:
        return None
    return Address(**{part.value: getattr(parcel, part) for part in Part})


def write_label(parcel: Shipment, name: str, address: Address | None) -> None:
    """Put a name and an address on a parcel, which is not saved by that."""
    parcel.name = name
    for part in Part:
        if part != Part.NAME:
            setattr(parcel, part, address[part] if address else "")


def wish_problems(wish: PostalWish, *, order: Order | None = None) -> list[Problem]:
    """Everything that stands in the way of what a form asks for.

    `order` is the draft it is for, whose own rewards do not count against a cap.
    """
    gift = wish.gift
    if order is not None:
        gift = replace(gift, order_id=order.pk)
    asks_address = not wish.email
    parcel = problems(wish.parcel, wish.product, Carriers(), asks_address=asks_address)
    return [*eligibility.problems(gift), *parcel]


class Carriers:
    """What is asked about card carriers, by product; one query for all of them."""

    def __init__(self) -> None:
        self._offered = tuple(shipping.card_carriers())

    def question(self, product: Product) -> CarrierQuestion:
        """The same as `shipping.carrier_question`."""
        return CarrierQuestion(self._offered, product.has_required_card_carriers)


def problems(
    parcel: Shipment,
    product: Product,
    carriers: Carriers,
    *,
    asks_address: bool = True,
) -> Iterator[Problem]:
    """What keeps this parcel, saved or not, from being posted; its method is loaded.

    Its address was judged when it was written. `asks_address` is False where somebody
    will be asked for it first.
    """
    if asks_address and not parcel.has_address:
        yield Problem(
            "address",
            _("The address is missing. Enter it, or ask the recipient for it."),
        )
    if parcel.method.retired_at is not None:
        yield Problem(
            "method",
            _("%(method)s is no longer offered. Choose another shipping method.")
            % {"method": parcel.method.name},
        )
    if problem := carrier_problem(product, parcel.card_carrier, carriers):
        yield problem
    if parcel.needed_by and parcel.needed_by < arrival.local_day(timezone.now()):
        yield Problem(
            "needed_by",
            _("The day it is needed by has passed. Choose a later one, or none."),
        )


def carrier_problem(
    product: Product, chosen: str, carriers: Carriers
) -> Problem | None:
    """Whether this card carrier, or none, can be sent with the product."""
    question = carriers.question(product)
    if question.accepts(chosen):
        return None
    if chosen:
        text = _("This card carrier is no longer offered. Choose another.")
    elif question.carriers:
        text = _("%(product)s needs a card carrier. Choose one.")
    else:
        text = _(
            "%(product)s needs a card carrier, and none is known here. Ask an "
            "administrator to name those of your account, or choose another product."
        )
    return Problem("card_carrier", text % {"product": product.name})
