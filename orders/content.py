"""What an approver decides on, as named facts and one hash over them.

Any change to a fact voids the approval; the facts of two submissions tell what changed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from orders.models import Order, Reward

Facts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs, in words for the page."""

    label: str
    before: str
    after: str


def facts_of(order: Order, rewards: Iterable[Reward]) -> Facts:
    """Everything that would be bought, for whom and at what price."""
    facts = {
        "type": order.type,
        "program": str(order.program_id),
        "po_number": order.po_number,
        "note": order.note,
        "estimate": str(order.estimate),
    }
    for number, reward in enumerate(rewards, start=1):
        for name, value in _reward(reward).items():
            facts[f"{number}.{name}"] = value
    return facts


def hash_of(facts: Facts) -> str:
    """SHA-256 over the facts' canonical JSON."""
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What differs between two sets of facts, in the order of the page."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(label_of(name), before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]


def label_of(name: str) -> str:
    """A fact's name in words."""
    labels = {
        "program": _("Program"),
        "po_number": _("PONumber"),
        "note": _("Note"),
        "estimate": _("Estimated cost"),
        "recipient": _("Recipient"),
        "product": _("Product"),
        "value": _("Value"),
        "quantity": _("Quantity"),
        "email": _("E-mail"),
        "phone": _("Mobile"),
        "to_name": _("To"),
        "from_name": _("From name"),
        "from_email": _("From e-mail"),
        "message": _("Message"),
        "deliver_at": _("Delivery"),
    }
    plain = name.rpartition(".")[2]
    return labels.get(plain, plain)


def _reward(reward: Reward) -> Facts:
    return {
        "recipient": str(reward.recipient_id),
        "product": reward.product.provider_id,
        "value": str(reward.value),
        "quantity": str(reward.quantity),
        "email": reward.email,
        "phone": reward.phone,
        "to_name": reward.to_name,
        "from_name": reward.from_name,
        "from_email": reward.from_email,
        "message": reward.message,
        # In UTC: the hash must not depend on who looks.
        "deliver_at": _utc(reward.deliver_at),
    }


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
