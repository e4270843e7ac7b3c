"""Two parcels in one request, alike in all but where they go."""

import copy
from typing import Any

from django.db.models import F
from django.test import override_settings

from orders import approvals, drafts, releasing
from orders.models import Order, Reward
from portal.accounts.models import User, actor_of
from portal.actors import WORKER
from programs.addresses.fields import Address
from tests.orders.shipments import posted

LIBRARY = posted.LIBRARY
# Where the Art Institute of Chicago receives its post.
INSTITUTE = Address(
    country="US",
    name="Sam Example",
    line1="111 S Michigan Ave",
    city="Chicago",
    state="IL",
    postal_code="60603",
)
_TWICE = ("face_minor", "fee_minor", "discount_minor", "shipping_minor")


def make_pair(*made: Any, **fields: Any) -> Order:
    """A draft of two parcels: to the library, and to the institute."""
    order = posted.make_draft(*made, **fields)
    reward = order.rewards.get()
    parcel = copy.copy(reward.shipment)
    reward.pk, reward.to_name = None, INSTITUTE.name
    reward.save()
    parcel.pk, parcel.reward = None, reward
    for part in ("name", "line1", "city", "state", "postal_code"):
        setattr(parcel, part, getattr(INSTITUTE, part))
    parcel.save()
    sums = {name: F(name) * 2 for name in (*_TWICE, "estimate_minor")}
    Order.objects.filter(pk=order.pk).update(rewards_planned=2, rewards_count=2, **sums)
    order.refresh_from_db()
    return order


def release(order: Order, maker: User, approver: User) -> Order:
    """Submitted, approved and frozen; nobody has sent it yet."""
    order = drafts.submit(order, version=order.version, actor=actor_of(maker))
    with override_settings(RELEASE_HOLD_SECONDS=0):
        approvals.approve(
            order, content_hash=order.content_hash, actor=actor_of(approver)
        )
    releasing.release(order.pk, actor=WORKER)
    order.refresh_from_db()
    return order


def both(order: Order) -> tuple[Reward, Reward]:
    """To the library, to the institute."""
    first, second = order.rewards.select_related("shipment").order_by("pk")
    return first, second
