"""Who is told of a rule that waits for approval, and of what became of it.

The message holds ids; what the rule says is read when the mail is written.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse

from orders.award_states import VersionStatus
from orders.models import RuleVersion
from orders.triggers import sentences, texts
from portal.accounts.models import User
from portal.outbox.messages import enqueue
from portal.permissions import Role

TOPIC: Final = "triggers.notify"


def to_approvers(version: RuleVersion) -> None:
    """Ask everybody who may approve what was submitted."""
    approvers = User.objects.filter(
        Q(memberships__program=version.rule.program_id),
        Q(memberships__role=Role.APPROVER),
        is_active=True,
    ).exclude(pk__in=version.hands.values("user_id"))
    for user_id in approvers.values_list("pk", flat=True).distinct():
        _enqueue(version, user_id)


def to_submitter(version: RuleVersion) -> None:
    """Tell whoever submitted it what was decided."""
    if version.submitted_by_id is not None:
        _enqueue(version, version.submitted_by_id)


def send(payload: Mapping[str, Any]) -> None:
    """Write and send one mail; nothing if the person or the question is gone."""
    found = RuleVersion.objects.filter(
        pk=payload["version"], status=payload["status"]
    ).select_related("rule__program", "submitted_by", "decided_by")
    version = found.prefetch_related("gifts__product").first()
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if version is None or user is None:
        return
    is_asked = payload["status"] == VersionStatus.SUBMITTED
    page = "orders:rule_decide" if is_asked else "orders:rule_detail"
    context = {
        "version": version,
        "sentence": sentences.sentence(texts.of(version)),
        "url": f"{settings.SITE_URL}{reverse(page, args=[version.rule_id])}",
        "organisation": settings.ORGANISATION,
    }
    template = f"emails/rule_{payload['status']}"
    subject = render_to_string(f"{template}_subject.txt", context)
    body = render_to_string(f"{template}.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[user.email]).send()


def _enqueue(version: RuleVersion, user_id: int) -> None:
    payload: dict[str, int | str] = {
        "version": version.pk,
        "status": version.status,
        "user": user_id,
    }
    # The time tells a second submission of one version from the first.
    asked = int(version.submitted_at.timestamp()) if version.submitted_at else 0
    enqueue(TOPIC, f"{version.pk}-{version.status}-{asked}-{user_id}", payload)
