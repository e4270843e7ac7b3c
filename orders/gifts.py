"""A gift as the form holds it, and how it becomes a reward's row."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from orders.models import Order, Reward
from portal.actors import Actor
from portal.money import Money
from programs import consent, recipients
from programs.models import ConsentEntry, Product, Program, Recipient, Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvidence:
    """That the recipient agreed, recorded along with an order."""

    wording: Wording
    source: ConsentEntry.Source
    given_on: date
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalGift:
    """What the form holds; contacts are normalised, `value` is in major units."""

    program: Program
    product: Product
    value: Decimal
    quantity: int
    name: str
    email: str
    phone: str
    to_name: str
    from_name: str
    from_email: str = ""
    message: str = ""
    deliver_at: datetime | None = None
    po_number: str = ""
    note: str = ""
    # Recorded for each channel that needs it and has none.
    consent: ConsentEvidence | None = None


def is_stored(gift: DigitalGift, order: Order) -> bool:
    """Whether the order asks for exactly this already."""
    reward = order.rewards.select_related("order").get()
    fields = ("quantity", "email", "phone", "to_name", "from_name", "from_email")
    same = all(
        getattr(reward, name) == getattr(gift, name)
        for name in (*fields, "message", "deliver_at")
    )
    return (
        same
        and (reward.product_id, reward.value.amount) == (gift.product.pk, gift.value)
        and (order.program_id, order.note) == (gift.program.pk, gift.note)
        and gift.po_number in ("", order.po_number)
    )


def write(reward: Reward, gift: DigitalGift, *, actor: Actor) -> None:
    """Find or add the recipient, record consent, and store the reward.

    Within the caller's verb. Raises recipients.Conflict and consent.Refused.
    """
    fill(reward, gift, actor=actor)
    reward.save()


def fill(reward: Reward, gift: DigitalGift, *, actor: Actor) -> None:
    """The same without storing the reward."""
    reward.recipient = recipients.find_or_add(
        gift.program, name=gift.name, email=gift.email, phone=gift.phone, actor=actor
    )
    if gift.consent:
        _record_consent(reward.recipient, gift, gift.consent, actor=actor)
    reward.product = gift.product
    reward.value_minor = Money(gift.value, gift.program.currency).minor
    reward.quantity = gift.quantity
    reward.email, reward.phone = gift.email, gift.phone
    reward.to_name, reward.from_name = gift.to_name, gift.from_name
    reward.from_email, reward.message = gift.from_email, gift.message
    reward.deliver_at = gift.deliver_at


def _record_consent(
    recipient: Recipient, gift: DigitalGift, given: ConsentEvidence, *, actor: Actor
) -> None:
    channels = ConsentEntry.Channel
    for channel, contact in ((channels.EMAIL, gift.email), (channels.SMS, gift.phone)):
        standing = consent.allows(
            recipient, channel, program=gift.program, contact=contact
        )
        if contact and not standing.allowed:
            consent.grant(
                recipient,
                channel,
                purpose=ConsentEntry.Purpose.REWARDS,
                wording=given.wording,
                source=given.source,
                given_on=given.given_on,
                evidence=given.evidence,
                contact=contact,
                actor=actor,
            )
