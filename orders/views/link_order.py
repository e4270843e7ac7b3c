"""A batch of links on the pages of its order: before it is submitted and decided on."""

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import batches, checks, preview
from orders.links import summary
from orders.models import Order
from portal.money import Money


def check(order: Order) -> dict[str, Any]:
    """What templates/orders/order_check.html shows of it."""
    wish = batches.wish_of(order)
    costs = preview.of_links(wish)
    edit_url = reverse("orders:links_edit", args=[order.reference])
    return {
        "order": order,
        "rows": summary.rows(wish, change_url=edit_url),
        "rows_title": _("The links"),
        "edit_url": edit_url,
        "preview": costs,
        "budget_before": order.program.available,
        "submit_label": _submit_label(wish.quantity, costs),
    }


def review(order: Order) -> dict[str, Any]:
    """What templates/orders/approval_review.html shows of it."""
    wish = batches.wish_of(order)
    return {
        "request_line": _request_line(order, wish),
        "rows": summary.rows(wish),
        "preview": preview.of_links(wish, is_held=True),
        "budget_before": order.program.available + order.estimate,
        "checks": checks.of_links(order, wish),
    }


def approve_label(order: Order) -> str:
    """With how many links, and what they cost."""
    count = order.links.quantity
    return ngettext(
        "Approve %(count)s link for %(amount)s",
        "Approve %(count)s links for %(amount)s",
        count,
    ) % {"count": intcomma(count), "amount": order.estimate}


def _submit_label(count: int, costs: preview.Preview) -> str:
    if costs.needs_approval:
        label = ngettext(
            "Submit %(count)s link (%(amount)s) for approval",
            "Submit %(count)s links (%(amount)s) for approval",
            count,
        )
    else:
        label = ngettext(
            "Create %(count)s link (%(amount)s)",
            "Create %(count)s links (%(amount)s)",
            count,
        )
    return label % {"count": intcomma(count), "amount": costs.total}


def _request_line(order: Order, wish: batches.LinkWish) -> str:
    return ngettext(
        "%(person)s asks for %(count)s link to a %(card)s card, %(amount)s in all, "
        "from %(program)s.",
        "%(person)s asks for %(count)s links to a %(card)s card each, %(amount)s in "
        "all, from %(program)s.",
        wish.quantity,
    ) % {
        "person": order.created_by.name,
        "count": intcomma(wish.quantity),
        "card": f"{Money(wish.value, order.currency)} {wish.product.name}",
        "amount": order.estimate,
        "program": order.program.name,
    }
