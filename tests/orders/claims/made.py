"""Batches of links as the provider delivered them, made without it."""

import uuid
from typing import Any

from django.utils import timezone

from orders import drafts
from orders.batches import LinkWish
from orders.claims import sealing
from orders.claims.sealing import Secret
from orders.links import drafting
from orders.models import Claim, LinkBatch, Order
from orders.states import OrderStatus, RewardStatus
from portal.accounts.models import User, actor_of
from programs.models import Product, Program


def make_wish(program: Program, product: Product, **fields: Any) -> LinkWish:
    """Five $15 links to the portal, unless told otherwise."""
    return LinkWish(
        **{
            "program": program,
            "product": product,
            "value": product.values[0],
            "quantity": 5,
            "label": "Spring fair",
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


def make_batch(
    program: Program, product: Product, maker: User, **fields: Any
) -> LinkBatch:
    """A completed order with all of its links, none of them handed out."""
    order = make_draft(program, product, maker, **fields)
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(
        status=OrderStatus.COMPLETED, submitted_at=now, completed_at=now
    )
    order.rewards.update(status=RewardStatus.SENT, sent_at=now)
    batch = LinkBatch.objects.select_related("order__program").get(order=order)
    number = 0
    for reward in order.rewards.order_by("pk"):
        for _unit in range(reward.quantity):
            number += 1
            make_claim(batch, reward_id=reward.pk, number=number)
    return batch


def make_claim(batch: LinkBatch, *, number: int, **fields: Any) -> Claim:
    """One link of a batch; what it opens is in `secret_of`."""
    secret = sealing.fresh(
        f"https://claims.example.com/c/{batch.order.reference}-{number}",
        f"ANSWER{number}",
    )
    return Claim.objects.create(
        batch=batch,
        number=number,
        secret_ciphertext=sealing.seal(secret),
        link_digest=sealing.link_digest(secret.link),
        token_digest=sealing.token_digest(secret.token),
        **{"expires_at": batch.expires_at, **fields},
    )


def secret_of(claim: Claim) -> Secret:
    """What a link of a test opens."""
    return sealing.unseal(claim.secret_ciphertext)
