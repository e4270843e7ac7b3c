"""What one person of the list will read, and a copy of it to oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string

from orders import wording
from orders.models import Order, Reward
from portal.accounts.models import User
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs.models import SheetRow

TOPIC = "orders.test_message"


@dataclass(frozen=True, slots=True)
class Sample:
    """One row's messages, and the rows before and after it in this order."""

    reward: Reward
    row: int
    previous: int | None
    next: int | None
    mail: wording.Mail | None
    sms: wording.Sms | None


def at(order: Order, row: int) -> Sample | None:
    """The order's reward from this row of the list, or from the next one it has.

    Past the end it is the last one; None while the order has no rewards.
    """
    # By way of the list's rows, whose index goes from one number to the next.
    inside = order.rewards.filter(row=OuterRef("pk"))
    rows = SheetRow.objects.filter(Exists(inside), sheet=order.sheet_id)
    upwards, downwards = rows.order_by("number"), rows.order_by("-number")
    at_row = upwards.filter(number__gte=row).first() or downwards.first()
    if at_row is None:
        return None
    number = at_row.number
    before = downwards.filter(number__lt=number).values_list("number", flat=True)
    after = upwards.filter(number__gt=number).values_list("number", flat=True)
    shown = order.rewards.select_related("recipient", "product", "order")
    reward = shown.filter(row=at_row).latest("pk")
    mail, sms = _messages(reward)
    return Sample(reward, number, before.first(), after.first(), mail, sms)


@transaction.atomic(durable=True)
def send_test(reward: Reward, *, actor: Actor) -> None:
    """Mail the person who asks what the recipient would read, without a card."""
    user_id = actor.person_id
    enqueue(TOPIC, f"{reward.pk}-{user_id}", {"reward": reward.pk, "user": user_id})
    journal.record(
        Action.ORDER_TESTED,
        reward.order,
        actor=actor,
        program_id=reward.order.program_id,
        data={"reward": reward.pk},
    )


def mail_test(payload: Mapping[str, Any]) -> None:
    """Write and send one test; nothing if person or reward is gone meanwhile."""
    rewards = Reward.objects.select_related("recipient", "product", "order")
    reward = rewards.filter(pk=payload["reward"]).first()
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if reward is None or user is None:
        return
    mail, sms = _messages(reward)
    context = {
        "order": reward.order,
        "user": user,
        "mail": mail,
        "sms": sms,
        "organisation": settings.ORGANISATION,
    }
    subject = render_to_string("emails/order_test_subject.txt", context)
    body = render_to_string("emails/order_test.txt", context)
    EmailMessage(" ".join(subject.split()), body, to=[user.email]).send()


def _messages(reward: Reward) -> tuple[wording.Mail | None, wording.Sms | None]:
    spoken = {
        "from_name": reward.from_name,
        "message": reward.message,
        "card": f"{reward.value} {reward.product.name}",
    }
    mail = wording.mail(to=reward.to_name, **spoken) if reward.email else None
    return mail, wording.sms(**spoken) if reward.phone else None
