"""What an approver decides on, as named facts and one hash over them.

Any change to a fact voids the approval; the facts of two submissions tell what changed.
An order from a list has a fact per product and one digest over every single reward.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _

from orders import pricing
from orders.models import LinkBatch, Order, Reward, Shipment
from portal.money import Money
from programs.addresses.fields import Field as Part
from programs.addresses.fields import label

Facts = dict[str, str]

_AT_ONCE: Final = 2000
_PRODUCT: Final = "product."
# Everything of a reward that a change of must not go unnoticed.
_DIGESTED: Final = (
    "recipient_id",
    "product__provider_id",
    "value_minor",
    "quantity",
    "email",
    "phone",
    "to_name",
    "from_name",
    "from_email",
    "message",
    "deliver_at",
    "external_id",
    "language",
)
# And of its parcel, where it has one.
_LABEL: Final = (
    "name",
    "line1",
    "line2",
    "line3",
    "city",
    "state",
    "postal_code",
    "country",
    "reason",
)
_PARCEL: Final = (*_LABEL, "method__provider_id", "card_carrier", "needed_by")


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that differs, in words for the page."""

    label: str
    before: str
    after: str


def of(order: Order) -> Facts:
    """Everything that would be bought, for whom and at what price, as it is stored."""
    if order.shape == Order.Shape.LIST:
        return _of_list(order)
    if order.shape == Order.Shape.LINKS:
        return _of_links(order)
    return facts_of(order, pricing.priced(order))


def facts_of(order: Order, rewards: Iterable[Reward]) -> Facts:
    """The same, of rewards at hand."""
    facts = _of_order(order)
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
        Change(
            label_of(name),
            _in_words(name, before.get(name, "")),
            _in_words(name, after.get(name, "")),
        )
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
        "name": _("Name on the label"),
        **{part.value: str(label(part, "")) for part in Part if part != Part.NAME},
        "reason": _("Address kept as typed"),
        "method": _("Shipping method"),
        "card_carrier": _("Card carrier"),
        "needed_by": _("Needed by"),
        "shipping": _("Shipping"),
        "rewards": _("Rewards"),
        "label": _("Label"),
        "way": _("What the links are"),
        "expires_on": _("Last day"),
        "digest": _("Digest of every reward"),
    }
    if name.startswith(_PRODUCT):
        return name.removeprefix(_PRODUCT)
    plain = name.rpartition(".")[2]
    return labels.get(plain, plain)


def _in_words(name: str, value: str) -> str:
    # A hash must not depend on the reader's language, so facts hold the code.
    if name == "way" and value in LinkBatch.Way.values:
        return str(LinkBatch.Way(value).label)
    return value


def _of_order(order: Order) -> Facts:
    facts = {
        "type": order.type,
        "program": str(order.program_id),
        "po_number": order.po_number,
        "note": order.note,
        "estimate": str(order.estimate),
    }
    if order.is_postal:
        facts["shipping"] = str(order.shipping)
    return facts


def _of_list(order: Order) -> Facts:
    """However long the list, few facts; a row at a time in memory."""
    facts = _of_order(order)
    number = 0
    digest = hashlib.sha256()
    face: dict[str, list[int]] = {}
    parcel = [f"shipment__{name}" for name in _PARCEL] if order.is_postal else []
    rows = order.rewards.order_by("pk").values_list(*_DIGESTED, *parcel)
    for row in rows.iterator(chunk_size=_AT_ONCE):
        number += 1
        digest.update(json.dumps(row, default=_plain, separators=(",", ":")).encode())
        product, minor, quantity = row[1:4]
        of_product = face.setdefault(product, [0, 0])
        of_product[0] += quantity
        of_product[1] += quantity * minor
    facts["rewards"] = str(number)
    for product, (cards, minor) in sorted(face.items()):
        amount = Money.of_minor(minor, order.currency)
        facts[f"{_PRODUCT}{product}"] = f"{cards} cards, {amount}"
    facts["digest"] = digest.hexdigest()
    return facts


def _of_links(order: Order) -> Facts:
    """The batch's terms, and what all of its lines together ask for."""
    batch = order.links
    lines = order.rewards.order_by("product__provider_id", "value_minor", "quantity")
    kinds = lines.values_list("product__provider_id", "value_minor", "quantity")
    facts = _of_order(order) | {
        "label": batch.label,
        "quantity": str(batch.quantity),
        "way": batch.way,
        "expires_on": str(batch.expires_on or ""),
        "from_name": batch.from_name,
        "message": batch.message,
    }
    for product, minor, quantity, count in kinds.annotate(count=Count("pk")):
        value = Money.of_minor(minor, order.currency)
        facts[f"{_PRODUCT}{product}"] = f"{count} lines of {quantity} × {value}"
    return facts


def _plain(moment: object) -> str:
    """JSON for the only value in a row that has none."""
    return _utc(moment) if isinstance(moment, datetime) else str(moment)


def _reward(reward: Reward) -> Facts:
    facts = {
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
    if reward.order.is_postal:
        facts |= _parcel(reward.shipment)
    return facts


def _parcel(shipment: Shipment) -> Facts:
    # A fact for each part: two that are joined could be other parts joined otherwise.
    return {part: getattr(shipment, part) for part in _LABEL} | {
        "method": shipment.method.provider_id,
        "card_carrier": shipment.card_carrier,
        "needed_by": str(shipment.needed_by or ""),
    }


def _utc(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
