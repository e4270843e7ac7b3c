"""A list's order as its approver sees it: sums, outliers, and a message to read."""

from typing import Any

from orders import preview, summary
from orders.bulk import outliers, reviewing, tallies
from orders.models import Order
from orders.views import message_sample
from portal.web.http import StaffRequest

TEMPLATE = "orders/bulk_review.html"


def page(request: StaffRequest, order: Order) -> dict[str, Any]:
    """What templates/orders/bulk_review.html shows besides the decision itself."""
    lines, rewards = tallies.by_product(order), tallies.rewards(order)
    return {
        "lines": lines,
        "total": tallies.total(order, lines),
        "preview": preview.of_list(order, lines, is_held=True),
        "budget_before": order.program.available + order.estimate,
        "rows": summary.list_rows(order, rewards.reach.sentence),
        "checks": reviewing.checks(order, lines, rewards),
        "outliers": outliers.of(order),
        **message_sample.context(request, order, url=request.path),
    }
