"""The start page: what needs you first, then how things stand."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders import history, reports
from orders.models import Order
from orders.views.orders import columns
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest

_RECENT = 8


@requires(Permission.HOME_VIEW)
@require_safe
def home(request: StaffRequest) -> HttpResponse:
    """Needs you, four figures, twelve weeks of spending, recent orders."""
    access = request.access
    figures = reports.figures(access)
    currency = figures.spent[0].currency if figures.spent else "USD"
    orders = Order.objects.reachable(access, Permission.ORDERS_VIEW)
    recent = list(
        orders.select_related("program", "created_by", "sheet", "links").order_by(
            "-created_at", "-id"
        )[:_RECENT]
    )
    history.add_first_rewards(recent)
    context: dict[str, Any] = {
        "needs_you": reports.needs_you(access),
        "late_parcels": reports.late_parcels(access),
        "low_budgets": reports.low_budgets(access),
        "figures_shown": _figures(figures),
        "weeks": reports.weekly_spend(access, currency),
        "spend_title": _("Spent per week, %(currency)s") % {"currency": currency},
        "columns": columns(),
        "balance": reports.known_balance(),
        "recent": recent,
        "may_send": access.anywhere(Permission.ORDERS_CREATE),
    }
    return render(request, "orders/home.html", context)


def _figures(figures: reports.Figures) -> list[dict[str, object]]:
    def amounts(money: Sequence[Money]) -> str:
        return " · ".join(str(each) for each in money) or "–"

    return [
        {"label": _("Rewards sent"), "value": figures.sent},
        {"label": _("Claimed"), "value": figures.claimed_percent},
        {"label": _("Spent"), "value": amounts(figures.spent)},
        {"label": _("Budget available"), "value": amounts(figures.available)},
    ]
