"""A list's order as its approver sees it: sums, outliers, and a message to read."""

from typing import Any

from orders import preview, summary
from orders.bulk import counting, outliers, parcels, reviewing, siblings, tallies
from orders.models import Order
from orders.views import message_sample
from portal.web.http import StaffRequest

TEMPLATE = "orders/bulk_review.html"


def page(request: StaffRequest, order: Order) -> dict[str, Any]:
    """What templates/orders/bulk_review.html shows besides the decision itself."""
    counted = counting.count(order)
    lines, rewards = tallies.by_product(counted), tallies.rewards(counted)
    posted = parcels.of(counted)
    return {
        "lines": lines,
        "parcels": posted,
        "siblings": siblings.of(order),
        "total": tallies.total(order, lines),
        "preview": preview.of_list(order, lines, is_held=True),
        "budget_before": order.program.available + order.estimate,
        "rows": summary.list_rows(order, rewards.reach.sentence),
        "checks": reviewing.checks(order, lines, rewards, posted),
        "outliers": outliers.of(order, has_kept=bool(posted and posted.kept)),
        **message_sample.context(request, order, url=request.path),
    }
