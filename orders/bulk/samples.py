"""What one person of the list will get to read, and a copy of it to oneself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.template.loader import render_to_string

from orders import postal, wording
from orders.models import Order, Reward
from portal.accounts.models import User
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.outbox.messages import enqueue
from programs.addresses.printing import label_lines
from programs.models import SheetRow

TOPIC = "orders.test_message"
# Which reward, its number, and the numbers of those before and after it.
_Place = tuple[Q, int, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Sample:
    """One row's messages or label, and the rows before and after it in this order.

    A parcel without an address has no label yet.
    """

    reward: Reward
    row: int
    previous: int | None
    next: int | None
    mail: wording.Mail | None
    sms: wording.Sms | None
    label: Sequence[str] = ()


def at(order: Order, row: int) -> Sample | None:
    """The order's reward from this row of the list, or from the next one it has.

    Past the end it is the last one; None while the order has no rewards. Without a list
    the rewards are counted in the order they came.
    """
    found = _in_list(order, row) if order.sheet_id else _in_turn(order, row)
    if found is None:
        return None
    which, number, previous, following = found
    loaded = ["recipient", "product", "order"]
    loaded += ["shipment__method"] if order.is_postal else []
    shown = order.rewards.select_related(*loaded)
    reward = shown.filter(which).latest("pk")
    if order.is_postal:
        label = label_of(reward)
        return Sample(reward, number, previous, following, None, None, label)
    return Sample(reward, number, previous, following, *_messages(reward))


def _in_list(order: Order, row: int) -> _Place | None:
    # By way of the list's rows, whose index goes from one number to the next.
    inside = order.rewards.filter(row=OuterRef("pk"))
    rows = SheetRow.objects.filter(Exists(inside), sheet=order.sheet_id)
    upwards, downwards = rows.order_by("number"), rows.order_by("-number")
    before = downwards.filter(number__lt=OuterRef("number")).values("number")[:1]
    after = upwards.filter(number__gt=OuterRef("number")).values("number")[:1]
    place = ("pk", "number", Subquery(before), Subquery(after))
    found = (
        upwards.filter(number__gte=row).values_list(*place).first()
        or downwards.values_list(*place).first()
    )
    if found is None:
        return None
    row_id, number, previous, following = found
    return Q(row=row_id), number, previous, following


def _in_turn(order: Order, number: int) -> _Place | None:
    last = order.rewards_count
    if not last:
        return None
    number = min(number, last)
    ids = order.rewards.order_by("pk").values_list("pk", flat=True)
    following = number + 1 if number < last else None
    return Q(pk=ids[number - 1]), number, number - 1 or None, following


def label_of(reward: Reward) -> list[str]:
    """The lines of a posted reward's label; none while nobody knows the address."""
    address = postal.address_of(reward.shipment)
    return label_lines(address, home="") if address else []


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
