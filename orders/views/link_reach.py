"""Which batch or link a person may act on, and what they may see of it."""

from django.shortcuts import get_object_or_404

from orders.models import Claim, LinkBatch, Order
from portal.permissions import Permission
from portal.web.http import StaffRequest


def batch_of(
    request: StaffRequest, reference: str, permission: Permission
) -> LinkBatch:
    """A batch of links in which this person holds the permission; else 404."""
    orders = Order.objects.reachable(request.access, permission)
    batches = LinkBatch.objects.filter(order__in=orders)
    related = batches.select_related("order__program")
    return get_object_or_404(related, order__reference=reference)


def link_of(
    request: StaffRequest, reference: str, code: str, permission: Permission
) -> Claim:
    """One link of such a batch; else 404."""
    orders = Order.objects.reachable(request.access, permission)
    claims = Claim.objects.filter(batch__order__in=orders)
    related = claims.select_related(
        "batch__order__program",
        "reward__product",
        "reward__order",
        "recipient__merged_into",
    )
    return get_object_or_404(related, batch__order__reference=reference, code=code)


def may_see_recipients(request: StaffRequest, batch: LinkBatch) -> bool:
    """Whether the person may read who has which link."""
    program_id = batch.order.program_id
    return request.access.allows(Permission.RECIPIENTS_VIEW, program_id)
