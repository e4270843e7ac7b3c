"""The approver's inbox and the page a decision is made on."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from orders import approvals, checks, content, history, lifecycle, preview, summary
from orders.approvals import Decision
from orders.forms.decision import DecisionForm
from orders.models import Order
from orders.states import OrderStatus
from orders.triggers import provenance
from orders.views import bulk_review, link_order, postal_order
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, see_other


@requires(Permission.ORDERS_APPROVE)
@require_safe
def approval_list(request: StaffRequest) -> HttpResponse:
    """What waits for a decision, longest first."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_APPROVE)
    page = paging.keyset(
        orders.with_status(OrderStatus.SUBMITTED).select_related(
            "program", "created_by", "sheet", "links"
        ),
        request.GET,
        order=("created_at", "id"),
    )
    history.add_first_rewards(page.rows)
    columns = [
        {"label": _("PONumber")},
        {"label": _("Recipient")},
        {"label": _("Program")},
        {"label": _("Asked by")},
        {"label": _("Cost"), "numeric": True},
        {"label": _("Waiting since")},
    ]
    context = {"page": page, "columns": columns}
    return render(request, "orders/approval_list.html", context)


@requires(Permission.ORDERS_APPROVE)
@require_http_methods(["GET", "POST"])
def approval_review(request: StaffRequest, reference: str) -> HttpResponse:
    """Everything an approver needs on one screen, and the decision itself."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_APPROVE)
    order = get_object_or_404(
        orders.select_related("program", "created_by", "sheet", "links"),
        reference=reference,
    )
    template = "orders/approval_review.html"
    if order.shape == Order.Shape.LIST:
        template = bulk_review.TEMPLATE
    if request.method == "GET":
        if order.status != OrderStatus.SUBMITTED:
            return see_other(request, "orders:order_detail", reference=reference)
        form = DecisionForm(initial={"content_hash": order.content_hash})
        return render(request, template, _page(request, order, form))
    form = DecisionForm(request.POST)
    verdict = _VERDICTS.get(request.POST.get("verdict", ""))
    if verdict is None or not form.is_valid():
        return invalid(request, template, _page(request, order, form))
    verb, decision, done = verdict
    try:
        verb(order, actor=request.actor, **form.cleaned_data)
    except approvals.CommentMissing:
        form.add_error("comment", _("Tell the requester why; they get it by e-mail."))
        return invalid(request, template, _page(request, order, form))
    except approvals.SelfApproval:
        form.add_error(None, _refusal())
        return invalid(request, template, _page(request, order, form))
    except lifecycle.StaleOrder as stale:
        shown = form.cleaned_data["content_hash"]
        # The second of two presses finds what the first one did.
        if not approvals.is_last(stale.order, decision, shown, actor=request.actor):
            return _changed(request, stale.order, shown)
    messages.success(request, str(done))
    return see_other(request, "orders:order_detail", reference=reference)


_VERDICTS: dict[str, tuple[Callable[..., Order], Decision, str]] = {
    "approve": (approvals.approve, Decision.APPROVED, "Approved."),
    "request_changes": (
        approvals.request_changes,
        Decision.CHANGES_REQUESTED,
        "Changes requested.",
    ),
    "reject": (approvals.reject, Decision.REJECTED, "Rejected."),
}


def _page(request: StaffRequest, order: Order, form: DecisionForm) -> dict[str, Any]:
    own = approvals.is_contributor(order, request.actor)
    return {
        **_asked_for(request, order),
        "order": order,
        "form": form,
        "changes": _since_last_decision(order),
        "decisions": order.approvals.select_related("user").order_by("-pk"),
        "refusal": _refusal() if own else "",
        "approve_label": _approve_label(order),
    }


def _asked_for(request: StaffRequest, order: Order) -> dict[str, Any]:
    origin = provenance.of(order)
    asker = origin.name if origin else order.created_by.name
    if order.shape == Order.Shape.LIST:
        told = {"provenance": origin, "asker": asker}
        return bulk_review.page(request, order) | told
    if order.shape == Order.Shape.LINKS:
        return link_order.review(order)
    if order.is_postal:
        return postal_order.review(order)
    reward = order.rewards.select_related("recipient", "product", "order").get()
    asks = _("%(person)s asks to send %(card)s for %(amount)s from %(program)s.")
    return {
        "request_line": asks
        % {
            "person": asker,
            "card": f"{reward.quantity} × {reward.product.name} {reward.value}",
            "amount": order.estimate,
            "program": order.program.name,
        },
        "provenance": origin,
        "rows": summary.rows(order, reward),
        "preview": preview.of_reward(order, reward, is_held=True),
        "checks": checks.of(order, reward),
    }


def _approve_label(order: Order) -> str:
    if order.shape == Order.Shape.SINGLE:
        return _("Approve %(amount)s") % {"amount": order.estimate}
    if order.shape == Order.Shape.LINKS:
        return link_order.approve_label(order)
    return ngettext(
        "Approve %(count)s reward for %(amount)s",
        "Approve %(count)s rewards for %(amount)s",
        order.rewards_count,
    ) % {"count": intcomma(order.rewards_count), "amount": order.estimate}


def _refusal() -> str:
    return _(
        "You had a hand in this order, so somebody else has to decide: "
        "whoever asks for money never approves it."
    )


def _since_last_decision(order: Order) -> list[content.Change]:
    """What differs from the content somebody decided on before."""
    decided = order.approvals.exclude(content_hash=order.content_hash)
    if not (last := decided.order_by("-pk").first()):
        return []
    return _differences(order, last.content_hash)


def _differences(order: Order, before_hash: str) -> list[content.Change]:
    before = order.submissions.filter(content_hash=before_hash).first()
    if before is None:
        return []
    return content.changes(before.facts, content.of(order))


def _changed(request: StaffRequest, order: Order, shown: str) -> HttpResponse:
    """409: nothing was decided, because the order is not what was on the screen."""
    context = {"order": order, "changes": _differences(order, shown)}
    return render(request, "orders/order_stale.html", context, status=409)
