"""Plain functions that make what tests need; money in whole major units."""

import hashlib
import uuid
from datetime import date
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client
from django.utils import timezone

from orders import approvals, drafts
from orders.gifts import DigitalGift
from orders.models import Order
from portal.accounts.models import User, actor_of
from portal.permissions import Role
from programs import budget
from programs.models import (
    DatedSetting,
    Membership,
    Product,
    Program,
    Recipient,
    Wording,
)


def make_user(name: str, *, organisation_role: str = "") -> User:
    user = User(
        name=name,
        email=f"{name.lower()}@example.com",
        organisation_role=organisation_role,
    )
    user.set_password("correct horse battery")
    user.save()
    return user


def make_member(name: str, program: Program, *roles: Role) -> User:
    user = make_user(name)
    for role in roles:
        Membership.objects.create(program=program, user=user, role=role)
    return user


def make_program(
    name: str, *, funded: int = 0, funded_by: User | None = None, **fields: object
) -> Program:
    program = Program.objects.create(
        name=name,
        **{
            "kind": Program.Kind.SURVEY,
            "from_name": "Rewards Team",
            "message": "Enjoy your reward!",
            "delivery_types": ["DigitalDelivery"],
            **fields,
        },
    )
    if funded:
        assert funded_by is not None
        budget.fund(program, program.money(funded * 100), actor=actor_of(funded_by))
        program.refresh_from_db()
    return program


def make_product(provider_id: str, *, values: list[int], **fields: object) -> Product:
    return Product.objects.create(
        provider_id=provider_id,
        **{
            "name": provider_id,
            "type": "Digital",
            "denomination_type": Product.Denomination.FIXED,
            "denominations": [str(value) for value in values],
            "currency": "USD",
            "discount_percent": Decimal(0),
            "delivery_types": ["DigitalDelivery", "Links"],
            **fields,
        },
    )


def make_recipient(
    name: str, *programs: Program, email: str | None = None, phone: str | None = None
) -> Recipient:
    recipient = Recipient.objects.create(
        name=name,
        email=email,
        phone=phone,
        search_text=" ".join(filter(None, [name.lower(), email, phone])),
    )
    recipient.programs.set(programs)
    return recipient


def signed_in(user: User) -> Client:
    """Somebody who has just confirmed that it is them, as `step_up` asks."""
    client = Client()
    client.force_login(user)
    session = client.session
    confirmed = SimpleNamespace(session=session)
    record_authentication(confirmed, user, "password", reauthenticated=True)
    session.save()
    return client


def today() -> date:
    """The day where the organisation is, which pages take dates to be of."""
    return timezone.localdate(timezone=ZoneInfo(settings.DEFAULT_TIME_ZONE))


def form_key() -> str:
    return str(uuid.uuid4())


def make_gift(program: Program, product: Product, **fields: Any) -> DigitalGift:
    """What the form would hold: one $15 card by e-mail, unless told otherwise."""
    return DigitalGift(
        **{
            "program": program,
            "product": product,
            "value": Decimal(15),
            "quantity": 1,
            "name": "Recipient",
            "email": "user@example.com",
            "phone": "",
            "to_name": "Recipient",
            "from_name": program.from_name,
            "message": program.message,
            **fields,
        }
    )


def make_draft(program: Program, product: Product, maker: User, **fields: Any) -> Order:
    gift = make_gift(program, product, **fields)
    return drafts.create(gift, actor=actor_of(maker), form_key=uuid.uuid4())


def make_submitted(
    program: Program, product: Product, maker: User, **fields: Any
) -> Order:
    order = make_draft(program, product, maker, **fields)
    return drafts.submit(order, version=order.version, actor=actor_of(maker))


def make_approved(
    program: Program, product: Product, maker: User, approver: User, **fields: Any
) -> Order:
    order = make_submitted(program, product, maker, **fields)
    return approvals.approve(
        order, content_hash=order.content_hash, actor=actor_of(approver)
    )


def restore_wording() -> None:
    """What the first-wording migration wrote, after a flush."""
    first = import_module("programs.migrations.0003_first_wording")
    digest = hashlib.sha256(first.TEXT.encode()).hexdigest()
    Wording.objects.create(version=first.VERSION, text=first.TEXT, digest=digest)


def restore_law() -> None:
    """What the migration with the first dated settings wrote, after a flush."""
    first = import_module("programs.migrations.0010_triggers")
    DatedSetting.objects.bulk_create(
        DatedSetting(name=name, value=value, valid_from=first.FIRST_DAY, source=source)
        for name, value, source in first.FIRST
    )
