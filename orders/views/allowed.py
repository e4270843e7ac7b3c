"""Which acts a person may take on an order as it stands, for its page's buttons."""

from orders import approvals, attention
from orders.models import Order
from orders.states import EDITABLE, OrderStatus
from portal.permissions import Permission
from portal.web.http import StaffRequest

_CANCELLABLE = frozenset(
    {
        OrderStatus.DRAFT,
        OrderStatus.COLLECTING,
        OrderStatus.SUBMITTED,
        OrderStatus.CHANGES_REQUESTED,
        OrderStatus.APPROVED,
    }
)


def acts(request: StaffRequest, order: Order) -> dict[str, bool]:
    """By the names templates/orders/_order_acts.html asks for."""
    access, program_id = request.access, order.program_id
    may_send = access.allows(Permission.ORDERS_CREATE, program_id)
    may_approve = access.allows(Permission.ORDERS_APPROVE, program_id)
    needs_attention = order.status == OrderStatus.NEEDS_ATTENTION
    return {
        "may_edit": may_send and order.status in EDITABLE,
        "may_undo": order.can_be_undone() and (may_send or may_approve),
        "may_cancel": may_send and order.status in _CANCELLABLE,
        "may_decide": may_approve
        and order.status == OrderStatus.SUBMITTED
        and not approvals.is_contributor(order, request.actor),
        "may_resume": may_send
        and needs_attention
        and attention.waiting(order).exists(),
        "may_settle": needs_attention
        and access.allows(Permission.BUDGET_MANAGE, program_id),
        "may_send": may_send,
        "may_see_recipients": access.allows(Permission.RECIPIENTS_VIEW, program_id),
    }
