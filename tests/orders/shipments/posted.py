"""Orders of one card in the post, at each stop of their way."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.test import override_settings
from django.utils import timezone

from orders import approvals, drafts, releasing
from orders.models import Order, Shipment
from orders.parcel_states import ShipmentStatus
from orders.postal import PostalWish
from orders.shipments import drafting
from orders.states import OrderStatus, RewardStatus
from portal.accounts.models import User, actor_of
from portal.actors import WORKER
from programs import arrival
from programs.addresses.fields import Address
from programs.models import Product, Program, ShippingMethod
from tests.programs import posting

# Where the New York Public Library receives its post.
LIBRARY = Address(
    country="US",
    name="Rosa Example",
    line1="476 5th Ave",
    city="New York",
    state="NY",
    postal_code="10018",
)


def standard() -> ShippingMethod:
    """The provider's cheapest method, which takes 5 to 8 days."""
    found = ShippingMethod.objects.filter(provider_id="STANDARD").first()
    return found or posting.make_method("STANDARD", "4.95", (5, 8))


def make_wish(program: Program, product: Product, **fields: Any) -> PostalWish:
    """One $50 card to the library by the standard method, unless told otherwise."""
    return PostalWish(
        **{
            "program": program,
            "product": product,
            "value": Decimal(50),
            "quantity": 1,
            "name": "Rosa Example",
            "address": LIBRARY,
            "method": standard(),
            "to_name": "Rosa",
            "from_name": program.from_name,
            "message": program.message,
            **fields,
        }
    )


def make_draft(program: Program, product: Product, maker: User, **fields: Any) -> Order:
    wish = make_wish(program, product, **fields)
    return drafting.create(wish, actor=actor_of(maker), form_key=uuid.uuid4())


def make_submitted(
    program: Program, product: Product, maker: User, **fields: Any
) -> Order:
    order = make_draft(program, product, maker, **fields)
    return drafts.submit(order, version=order.version, actor=actor_of(maker))


def make_released(
    program: Program, product: Product, maker: User, approver: User, **fields: Any
) -> Order:
    """Approved and frozen in a placement that nobody has sent yet."""
    order = make_submitted(program, product, maker, **fields)
    with override_settings(RELEASE_HOLD_SECONDS=0):
        approvals.approve(
            order, content_hash=order.content_hash, actor=actor_of(approver)
        )
    releasing.release(order.pk, actor=WORKER)
    order.refresh_from_db()
    return order


def make_shipped(
    program: Program, product: Product, maker: User, **fields: Any
) -> Shipment:
    """The parcel of a completed order, made without the provider."""
    order = make_draft(program, product, maker, **fields)
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.COMPLETED, submitted_at=now, completed_at=now
    )
    order.rewards.update(status=RewardStatus.SHIPPED, sent_at=now)
    today = arrival.local_day(now)
    Shipment.objects.filter(reward__order=order).update(
        status=ShipmentStatus.SHIPPED,
        shipped_on=today,
        arrives_from=today + timedelta(days=5),
        arrives_by=today + timedelta(days=8),
    )
    return Shipment.objects.select_related("reward__order").get(reward__order=order)
