"""Batches that the sandbox delivers, and what became of their links."""

from typing import Any

from orders import approvals
from orders.models import Claim, LinkBatch
from portal.accounts.models import User, actor_of
from portal.provider import connection
from portal.provider.types import ProviderOrder
from programs.models import Product, Program
from tests.orders.claims import made


def make_approved(
    program: Program, product: Product, maker: User, approver: User, **fields: Any
) -> LinkBatch:
    """Five links, approved and on their way as soon as a worker comes by."""
    order = made.make_submitted(program, product, maker, **fields)
    approvals.approve(order, content_hash=order.content_hash, actor=actor_of(approver))
    return LinkBatch.objects.select_related("order__program").get(order=order)


def claims_of(batch: LinkBatch) -> list[Claim]:
    """In the order they came."""
    return list(batch.claims.select_related("reward").order_by("number"))


def theirs(batch: LinkBatch) -> ProviderOrder:
    """The order as the provider has it, over the wire."""
    placement = batch.order.placements.get()
    return connection.client().get_order(placement.provider_order_id)


def status_of(batch: LinkBatch) -> tuple[str, str, str]:
    """The order's status and problem, and its one placement's status."""
    batch.order.refresh_from_db()
    placement = batch.order.placements.get()
    return batch.order.status, batch.order.problem, placement.status
