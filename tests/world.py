"""Two programs with everything in them, made by the verbs.

Every text that belongs to a side holds its name, so that one word tells a leak.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import override_settings
from django.utils import timezone

from orders import placing, releasing
from orders.models import Order, Placement
from orders.models import Side as ReferralSide
from orders.shipments import asking
from orders.triggers import rules
from portal.accounts import invitations
from portal.accounts.models import Invitation, User, actor_of
from portal.actors import WORKER
from portal.outbox.models import Message
from portal.permissions import Role
from portal.provider.types import (
    Created,
    InsufficientFunds,
    ProviderLine,
    ProviderOrder,
)
from programs import address_book, consent, keys, wordings
from programs.addresses.fields import Address
from programs.models import ApiKey, ConsentEntry, Product, Program, Recipient, Sheet
from tests import factories
from tests.orders.bulk import states
from tests.orders.bulk.postal import states as postal_states
from tests.orders.claims import made
from tests.orders.shipments import posted
from tests.orders.triggers import ruled
from tests.orders.triggers import states as trigger_states
from tests.orders.webhooks import states as webhook_states
from tests.programs import posting
from tests.programs.sheets import checked, lists


@dataclass(frozen=True, slots=True)
class Side:
    """One program, its people, two recipients, and what is in each kind of state."""

    name: str
    program: Program
    staff: Mapping[Role, User]
    recipients: tuple[Recipient, Recipient]
    orders: dict[str, Order] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def manager(self) -> User:
        return self.staff[Role.MANAGER]

    @property
    def approver(self) -> User:
        return self.staff[Role.APPROVER]


@dataclass(frozen=True, slots=True)
class World:
    adam: User
    otto: User
    product: Product
    spring: Side
    autumn: Side
    # Known to both sides, each of which gave them something.
    shared: Recipient
    invitation: Invitation
    message: Message


def make_world() -> World:
    """Spring and Autumn under one administration."""
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    product = factories.make_product(
        "CVS",
        values=[10, 15, 25],
        terms="<p>Terms.</p>",
        delivery_types=["DigitalDelivery", "Links", "PhysicalShipment"],
    )
    posting.make_shipping()
    spring = make_side("Spring", adam, phones="010")
    autumn = make_side("Autumn", adam, phones="014")
    shared = factories.make_recipient(
        "Sasha", spring.program, autumn.program, email="sasha@example.com"
    )
    for side in (spring, autumn):
        fill_side(side, product, shared)
    invitation = invitations.invite(
        "ines@example.com", "Ines", inviter=adam, actor=actor_of(adam)
    )
    message = Message.objects.create(
        topic="orders.notify",
        key="orders.notify:1",
        payload={"order": 1},
        status=Message.Status.STUCK,
        problem="The mail server refused it.",
        not_before=timezone.now(),
    )
    otto = factories.make_user("Otto")
    return World(adam, otto, product, spring, autumn, shared, invitation, message)


def fill_side(side: Side, product: Product, shared: Recipient) -> None:
    """Everything that one program can hold."""
    fill(side, product)
    fill_keys(side)
    fill_rules(side, product)
    trigger_states.fill(side, product)
    fill_lists(side)
    fill_links(side, product)
    fill_parcels(side, product)
    postal_states.fill(side, product)
    factories.make_draft(
        side.program,
        product,
        side.manager,
        **gift(side, "shared") | {"email": shared.email or "", "phone": ""},
    )
    webhook_states.fill(side)


def make_side(name: str, adam: User, *, phones: str) -> Side:
    """A funded program with staff and two recipients, and no order yet."""
    program = factories.make_program(
        f"{name} thanks",
        funded=10_000,
        funded_by=adam,
        purpose=f"What {name} is for",
        from_name=f"{name} team",
        message=f"{name} says thank you.",
        delivery_types=["DigitalDelivery", "Links", "PhysicalShipment"],
    )
    staff = {
        role: factories.make_member(f"{role.label}.{name}", program, role)
        for role in Role
    }
    first, second = (
        factories.make_recipient(
            f"Rosa {name}",
            program,
            email=f"rosa{number}.{name.lower()}@example.com",
            phone=f"+1202555{phones}{number}",
        )
        for number in (1, 2)
    )
    for recipient in (first, second):
        consent.grant(
            recipient,
            ConsentEntry.Channel.SMS,
            purpose=ConsentEntry.Purpose.REWARDS,
            wording=wordings.current(),
            source=ConsentEntry.Source.PAPER,
            given_on=timezone.localdate(),
            evidence=f"{name} fair",
            actor=actor_of(staff[Role.MANAGER]),
        )
    address_book.add(first, _hall(name), actor=actor_of(staff[Role.MANAGER]))
    return Side(name, program, staff, (first, second))


def _hall(name: str) -> Address:
    """A city hall, in which the side has a room."""
    return Address(
        country="US",
        line1="1 City Hall Square",
        line2=f"{name} Room 500",
        city="Boston",
        state="MA",
        postal_code="02201",
    )


def fill(side: Side, product: Product) -> None:
    """An order in each kind of state that has a page of its own."""
    made = (side.program, product, side.manager)
    side.orders["draft"] = factories.make_draft(*made, **gift(side, "draft"))
    side.orders["submitted"] = factories.make_submitted(
        *made, **gift(side, "submitted")
    )
    side.orders["approved"] = factories.make_approved(
        *made, side.approver, **gift(side, "approved")
    )
    side.orders["attention"] = _attention(side, product)
    side.orders["completed"] = _completed(side, product)
    states.fill(side, product)


def fill_keys(side: Side) -> None:
    """A test key and a live one; the secret of the first was replaced."""
    manager = actor_of(side.manager)
    terms = keys.Terms(
        name=f"{side.name} tool",
        scopes=("events:write", "events:read"),
        networks=("203.0.113.0/24",),
        rate_per_minute=600,
        expires_at=timezone.now() + timedelta(days=365),
    )
    for mode in (ApiKey.Mode.TEST, ApiKey.Mode.LIVE):
        keys.create(side.program, terms, mode=mode, actor=manager)
    first = side.program.api_keys.earliest("pk")
    keys.rotate(
        first,
        overlap=timedelta(days=1),
        expires_at=first.expires_at,
        version=first.version,
        actor=manager,
    )


def fill_rules(side: Side, product: Product) -> None:
    """A rule that runs, one with a change to decide on, and an unfinished draft."""
    text = ruled.make_text(
        side.program,
        product,
        {ReferralSide.PERSON: 15, ReferralSide.ADVOCATE: 25},
        from_name=f"{side.name} team",
        terms=f"One reward for each referral of {side.name}.",
    )
    staff = (side.manager, side.approver)
    ruled.make_active(text, *staff, f"{side.name} referral")
    changed = ruled.make_active(text, *staff, f"{side.name} change")
    manager = actor_of(side.manager)
    rule = rules.edit(
        changed,
        replace(text, per_person=2, terms=f"Two for each referral of {side.name}."),
        name="",
        version=changed.version,
        actor=manager,
    )
    rules.submit(rule, version=rule.version, actor=manager)
    open_text = replace(text, ends_on=None, terms="", by_chance=True)
    ruled.make_draft(open_text, side.manager, f"{side.name} draft")


def fill_lists(side: Side) -> None:
    """A list at each stop of its way; some of its rows are wrong."""
    made, word = (side.program, side.manager), side.name.lower()
    name = f"{side.name} people.csv"
    mails = (
        f"Name,Mail home,Mail work\n"
        f"Rosa {side.name},a.{word}@example.com,b.{word}@example.com\n"
    )
    gifts = (
        f"Name,E-mail,Gift,Value\n"
        f"Rosa {side.name},rosa.{word}@example.com,CVS,15\n"
        f"Remo {side.name},remo.{word}@gamil.com,CVS,15\n"
        f"Rita {side.name},rita.{word},CVS,15\n"
        f"Ruth {side.name},rosa.{word}@example.com,CVS,12\n"
    )
    people = f"Name,E-mail\nRiley {side.name},riley.{word}@example.com\n"
    side.sheets["reading"] = lists.upload(*made, gifts, name=f"New {name}")
    side.sheets["mapping"] = lists.read(*made, mails, name=f"Odd {name}")
    side.sheets["checked"] = checked.check(lists.read(*made, gifts, name=name))
    side.sheets["people"] = checked.check(
        lists.read(*made, people, purpose=Sheet.Purpose.RECIPIENTS, name=name)
    )


def fill_links(side: Side, product: Product) -> None:
    """A batch of links as a draft, waiting for approval, and bought."""
    for state, make in (
        ("links draft", made.make_draft),
        ("links submitted", made.make_submitted),
        ("links", _batch),
    ):
        side.orders[state] = make(
            side.program,
            product,
            side.manager,
            label=f"{side.name} fair",
            expires_on=timezone.localdate() + timedelta(days=30),
            po_number=f"{side.name}-{state.replace(' ', '-')}",
            note=f"{side.name} note",
        )


def fill_parcels(side: Side, product: Product) -> None:
    """A card in the post as a draft, waiting for approval, and shipped."""
    made = (side.program, product, side.manager)
    for state, make in (
        ("postal draft", posted.make_draft),
        ("postal submitted", posted.make_submitted),
        ("postal", _shipped),
    ):
        side.orders[state] = make(
            *made,
            value=Decimal(15),
            name=side.recipients[0].name,
            email=side.recipients[0].email,
            address=replace(_hall(side.name), name=side.recipients[0].name),
            to_name=side.recipients[0].name,
            po_number=f"{side.name}-{state.replace(' ', '-')}",
            note=f"{side.name} note",
        )
    side.orders["collecting"] = _collecting(side, product)


def _collecting(side: Side, product: Product) -> Order:
    """A card whose recipient was asked where it is to go."""
    person = side.recipients[0]
    order = posted.make_draft(
        side.program,
        product,
        side.manager,
        value=Decimal(15),
        name=person.name,
        email=person.email,
        address=None,
        po_number=f"{side.name}-collecting",
    )
    return asking.ask(order, version=order.version, actor=actor_of(side.manager))


def _shipped(*args: Any, **fields: Any) -> Order:
    return posted.make_shipped(*args, **fields).reward.order


def _batch(*args: Any, **fields: Any) -> Order:
    return made.make_batch(*args, **fields).order


def gift(side: Side, number: str) -> dict[str, Any]:
    """What a side sends: its words to its first recipient."""
    recipient = side.recipients[0]
    return {
        "name": recipient.name,
        "email": recipient.email or "",
        "phone": recipient.phone or "",
        "to_name": recipient.name,
        "po_number": f"{side.name}-{number}",
        "note": f"{side.name} note",
    }


def _attention(side: Side, product: Product) -> Order:
    """The provider's account does not cover it."""
    placement, attempt = _sent(side, product, "attention")
    refusal = InsufficientFunds(Decimal("3.10"), Decimal(15))
    placing.answered(attempt, refusal, actor=WORKER)
    return Order.objects.get(pk=placement.order_id)


def _completed(side: Side, product: Product) -> Order:
    """Sent, claimed and paid for."""
    placement, attempt = _sent(side, product, "completed")
    reward = placement.rewards.get()
    line = ProviderLine(
        id=f"line-{side.name}",
        status="Claimed",
        external_id="",
        product_id=product.provider_id,
        value=Decimal(15),
        quantity=1,
        cost=Decimal(15),
        email=reward.email,
        sms=reward.phone,
        claims=(),
        raw={},
    )
    held = ProviderOrder(
        id=f"order-{side.name}",
        po_number=placement.po_number,
        type="DigitalDelivery",
        status="Completed",
        lines=(line,),
        webhook_url="",
        raw={},
    )
    placing.answered(attempt, Created(held), actor=WORKER)
    return Order.objects.get(pk=placement.order_id)


def _sent(side: Side, product: Product, name: str) -> tuple[Placement, int]:
    """A placement whose attempt is under way, and that attempt's id."""
    with override_settings(RELEASE_HOLD_SECONDS=0):
        order = factories.make_approved(
            side.program, product, side.manager, side.approver, **gift(side, name)
        )
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    post = placing.begin(placement.pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    return placement, post.attempt_id
