"""Who is told what: enqueued by the verb, written and mailed by the handler.

The message holds ids; names and amounts are read when the mail is written.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from orders.models import Approval, Order
from portal.accounts.models import User
from portal.outbox.messages import enqueue
from portal.permissions import Role

TOPIC = "orders.notify"


def to_approvers(order: Order) -> None:
    """Ask everybody who may approve this order."""
    contributors = order.contributors.values("user_id")
    approvers = User.objects.filter(
        Q(memberships__program=order.program_id, memberships__role=Role.APPROVER),
        is_active=True,
    ).exclude(pk__in=contributors)
    for user_id in approvers.values_list("pk", flat=True).distinct():
        _enqueue(order, "submitted", user_id)


def to_requester(order: Order, kind: str, decision: Approval | None = None) -> None:
    """Tell the person who made the order what became of it, and by which decision."""
    _enqueue(order, kind.replace(" ", "_"), order.created_by_id, decision)


def send(payload: Mapping[str, Any]) -> None:
    """Write and send one mail; nothing if the person is gone meanwhile."""
    order = Order.objects.select_related("program", "created_by").get(
        pk=payload["order"]
    )
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if user is None:
        return
    decision = Approval.objects.filter(pk=payload.get("decision", 0)).first()
    context = {
        "order": order,
        "user": user,
        "comment": decision.comment if decision else "",
        "decided_by": decision.user if decision else None,
        "url": _url(order, payload["kind"]),
        "organisation": settings.ORGANISATION,
    }
    template = f"emails/order_{payload['kind']}"
    subject = render_to_string(f"{template}_subject.txt", context)
    body = render_to_string(f"{template}.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[user.email]).send()


def _url(order: Order, kind: str) -> str:
    page = "approval_review" if kind == "submitted" else "order_detail"
    return f"{settings.SITE_URL}{reverse(f'orders:{page}', args=[order.reference])}"


def _enqueue(
    order: Order, kind: str, user_id: int, decision: Approval | None = None
) -> None:
    payload: dict[str, int | str] = {"order": order.pk, "kind": kind, "user": user_id}
    if decision is not None:
        payload["decision"] = decision.pk
    enqueue(TOPIC, f"{order.pk}-v{order.version}-{kind}-{user_id}", payload)
