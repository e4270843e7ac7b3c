"""Orders in the post whose recipients have to say where their cards are to go."""

from dataclasses import asdict
from typing import Any

from django.core import mail
from django.urls import reverse

from orders.models import AddressRequest, Order, Reward, Shipment
from orders.shipments import asking
from portal import crypto
from portal.accounts.models import User, actor_of
from programs.addresses.fields import Address
from programs.models import Product, Program, Recipient, SheetRow
from tests.orders.bulk import lists
from tests.orders.shipments import posted

# Where the City of Boston receives its post.
CITY_HALL = Address(
    country="US",
    name="Rosa Example",
    line1="1 City Hall Square",
    city="Boston",
    state="MA",
    postal_code="02201",
)


def make_draft(program: Program, card: Product, maker: User, **fields: Any) -> Order:
    """One card for Rosa, who is to be asked."""
    wanted = {"email": "rosa@example.com", "address": None, **fields}
    return posted.make_draft(program, card, maker, **wanted)


def make_asked(
    program: Program, card: Product, maker: User, **fields: Any
) -> AddressRequest:
    """The same, asked; the worker has not come by."""
    order = make_draft(program, card, maker, **fields)
    asking.ask(order, version=order.version, actor=actor_of(maker))
    return request_of(order)


def make_list(program: Program, card: Product, maker: User, count: int) -> Order:
    """A list's draft of so many cards in the post, none of which has an address."""
    sheet = lists.make_sheet(program, card, maker, count)
    rows = list(sheet.rows.order_by("number"))
    SheetRow.objects.filter(sheet=sheet).update(status=SheetRow.Status.TAKEN)
    people = Recipient.objects.bulk_create(
        Recipient(name=row.name, email=row.email) for row in rows
    )
    order = Order.objects.create(
        type=Order.Type.PHYSICAL,
        program=program,
        sheet=sheet,
        po_number=f"LIST-{sheet.pk}",
        currency="USD",
        rewards_planned=count,
        rewards_count=count,
        created_by=maker,
    )
    rewards = Reward.objects.bulk_create(
        Reward(
            order=order,
            row=row,
            recipient=person,
            product=card,
            value_minor=1000,
            email=row.email,
            to_name=row.name,
            from_name=program.from_name,
        )
        for row, person in zip(rows, people, strict=True)
    )
    method = posted.standard()
    Shipment.objects.bulk_create(
        Shipment(reward=r, program=program, name=r.to_name, method=method)
        for r in rewards
    )
    return order


def request_of(order: Order, name: str = "") -> AddressRequest:
    """The order's only request, or that of whoever has this name."""
    found = AddressRequest.objects.filter(shipment__reward__order=order)
    return found.get(shipment__name=name) if name else found.get()


def token_of(request: AddressRequest) -> str:
    return crypto.decrypt(request.token_ciphertext)


def path_of(request: AddressRequest) -> str:
    """Where the link leads."""
    return reverse("orders:address_answer", args=[token_of(request)])


def typed(address: Address = CITY_HALL, **other: Any) -> dict[str, str]:
    """What a browser sends of the filled form."""
    return {
        **{f"address-{part}": value for part, value in asdict(address).items()},
        "address-agree": "on",
        **other,
    }


def letters_to(email: str) -> list[mail.EmailMessage]:
    return [letter for letter in mail.outbox if letter.to == [email]]
