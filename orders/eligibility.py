"""Whether a gift may be sent now: asked at the form, at submission and at release.

Every answer names the field it belongs to, the problem and the remedy.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import earlier
from orders.claims import assigned
from orders.models import Order, Reward
from portal.money import Money
from programs import catalogue, consent, recipients, sentences, shipping
from programs.models import ConsentEntry, Product, Program, Recipient

Channel = ConsentEntry.Channel

_UNDELIVERED: Final[Mapping[str, Promise]] = {
    Program.DeliveryType.DIGITAL: gettext_lazy(
        "%(product)s cannot be sent by e-mail or SMS here. Choose another."
    ),
    Program.DeliveryType.LINKS: gettext_lazy(
        "%(product)s cannot be had as claim links here. Choose another."
    ),
    Program.DeliveryType.PHYSICAL: gettext_lazy(
        "%(product)s cannot be sent by post here. Choose another."
    ),
}


class Obstacle(StrEnum):
    """What kind of thing stands in the way; other systems are told these words."""

    PROGRAM = "program-not-running"
    PRODUCT = "product-unavailable"
    VALUE = "value-not-sold"
    CAP = "over-cap"
    BUDGET = "budget-exhausted"
    CONTACT = "contact-missing"
    CONSENT = "consent-missing"
    STOPPED = "consent-withdrawn"
    OTHER = "not-ordered"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way, and the form field it belongs to."""

    field: str
    message: str
    kind: Obstacle = Obstacle.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What would be sent. `recipient` is None for somebody not on record yet."""

    program: Program
    product: Product
    value: Decimal
    quantity: int
    recipient: Recipient | None
    email: str
    phone: str
    deliver_at: datetime | None
    delivery_type: str = Program.DeliveryType.DIGITAL
    # What posting it costs; None for what is not posted.
    shipping: Money | None = None
    order_id: int | None = None
    # The form records consent along with the order.
    consent_given: bool = False


def gift_of(order: Order, reward: Reward) -> Gift:
    """The gift a stored order describes."""
    return Gift(
        program=order.program,
        product=reward.product,
        value=reward.value.amount,
        quantity=reward.quantity,
        recipient=reward.recipient,
        email=reward.email,
        phone=reward.phone,
        deliver_at=reward.deliver_at,
        delivery_type=order.type,
        shipping=shipping.cost(reward.shipment.method, order.currency)
        if order.is_postal
        else None,
        order_id=order.pk,
    )


def problems(gift: Gift, *, holds_budget: bool = False) -> list[Problem]:
    """Everything that stands in the way; `holds_budget` if its money is set aside."""
    found = [
        *program_problems(gift.program),
        *product_problems(gift),
        *contact_problems(gift),
        *delivery_problems(gift.deliver_at),
    ]
    if not any(problem.field in ("product", "value") for problem in found):
        found += [*cap_problems(gift), *([] if holds_budget else _budget(gift))]
    return found


def program_problems(program: Program) -> Iterator[Problem]:
    """Whether the program may send today."""
    today = timezone.localdate()
    if program.status != Program.Status.ACTIVE:
        word = program.get_status_display().lower()
        yield Problem(
            "program",
            _("%(program)s is %(word)s. Choose an active program.")
            % {"program": program.name, "word": word},
            Obstacle.PROGRAM,
        )
    elif not program.runs_on(today):
        yield Problem(
            "program",
            _("%(program)s does not run today. Change its dates or choose another.")
            % {"program": program.name},
            Obstacle.PROGRAM,
        )


def product_problems(
    gift: Gift, *, offered: Collection[int] | None = None
) -> Iterator[Problem]:
    """Whether the card is offered here, this way and in this value.

    `offered` holds the ids of the program's products, where they were read before.
    """
    product, program = gift.product, gift.program
    if offered is None:
        found = catalogue.offered_in(program, gift.delivery_type).filter(pk=product.pk)
        offered = set(found.values_list("pk", flat=True))
    if product.pk not in offered:
        yield Problem(
            "product",
            _("%(product)s is not offered in %(program)s. Choose another product.")
            % {"product": product.name, "program": program.name},
            Obstacle.PRODUCT,
        )
        return
    way = gift.delivery_type
    if not product.delivers(way) or way not in program.delivery_types:
        text = _UNDELIVERED[way] % {"product": product.name}
        yield Problem("product", text, Obstacle.PRODUCT)
    if not product.accepts(gift.value):
        yield Problem("value", sentences.sold_values(product), Obstacle.VALUE)


def contact_problems(gift: Gift) -> Iterator[Problem]:
    """Whether every channel is consented to: asked again right before each POST.

    A parcel is no message and goes by no channel.
    """
    if gift.delivery_type == Program.DeliveryType.PHYSICAL:
        return
    if not gift.email and not gift.phone:
        text = _("Enter an e-mail address, a mobile number or both.")
        yield Problem("email", text, Obstacle.CONTACT)
    for channel, contact in ((Channel.EMAIL, gift.email), (Channel.SMS, gift.phone)):
        if not contact:
            continue
        answer = consent_answer(gift, channel, contact)
        is_stopped = answer.entry is not None and not answer.allowed
        if not answer.allowed and (is_stopped or not gift.consent_given):
            yield consent_problem(channel, answer)


def consent_problem(channel: Channel, refusal: consent.Answer) -> Problem:
    """That this channel may not be used; an entry that forbids it is a withdrawal."""
    kind = Obstacle.CONSENT if refusal.entry is None else Obstacle.STOPPED
    return Problem("phone" if channel == Channel.SMS else "email", refusal.reason, kind)


def consent_answer(gift: Gift, channel: Channel, contact: str) -> consent.Answer:
    """Whether this contact may be written to, for somebody on record or not yet."""
    if gift.recipient is None:
        return consent.allows_stranger(channel, contact, program=gift.program)
    return consent.allows(
        gift.recipient, channel, program=gift.program, contact=contact
    )


def delivery_problems(deliver_at: datetime | None) -> Iterator[Problem]:
    """Whether the delivery time is still to come."""
    if deliver_at and deliver_at <= timezone.now():
        yield Problem(
            "deliver_at",
            _("The delivery time has passed. Choose a later one, or leave it empty."),
        )


def cap_problems(gift: Gift) -> Iterator[Problem]:
    """Whether the program's caps allow it, counting what was given before."""
    program = gift.program
    face = Money.rounded(gift.value * gift.quantity, program.currency)
    yield from reward_cap_problems(program, face)
    if program.recipient_cap is not None and gift.recipient is not None:
        yield from recipient_cap_problems(program, face, _given(gift))


def reward_cap_problems(program: Program, face: Money) -> Iterator[Problem]:
    """Whether a reward of this face value is within the program's cap for one."""
    cap = program.reward_cap
    if cap is not None and face > cap:
        yield Problem(
            "value",
            _("A reward in %(program)s may be at most %(cap)s; this one is %(face)s.")
            % {"program": program.name, "cap": cap, "face": face},
            Obstacle.CAP,
        )


def recipient_cap_problems(
    program: Program, face: Money, given: Money
) -> Iterator[Problem]:
    """Whether a person who was given this much already may be given this as well."""
    cap = program.recipient_cap
    if cap is not None and face + given > cap:
        yield Problem(
            "value",
            _(
                "One person may get at most %(cap)s %(period)s; %(given)s is given "
                "already. Lower the amount by %(excess)s."
            )
            % {
                "cap": cap,
                "period": cap_period(program),
                "given": given,
                "excess": face + given - cap,
            },
            Obstacle.CAP,
        )


def cap_period(program: Program) -> str:
    """The cap's period in words."""
    if program.recipient_cap_days is None:
        return _("in the whole program")
    return _("in %(days)s days") % {"days": program.recipient_cap_days}


def _given(gift: Gift) -> Money:
    """Face value this person was given in the program within the cap's period."""
    assert gift.recipient is not None  # noqa: S101  (the caller has looked)
    rewards = earlier.given_in(gift.program, besides=gift.order_id)
    family = recipients.family_ids(gift.recipient)
    theirs = rewards.filter(recipient__in=family)
    total = theirs.aggregate(total=Sum(F("value_minor") * F("quantity")))["total"] or 0
    links = assigned.face_by_person(rewards, family[:1])
    return gift.program.money(total + sum(links.values()))


def _budget(gift: Gift) -> Iterator[Problem]:
    total = catalogue.quote(gift.product, gift.value, gift.quantity).total
    total += gift.shipping or gift.program.money(0)
    yield from budget_problems(gift.program, total)


def budget_problems(program: Program, total: Money) -> Iterator[Problem]:
    """Whether the program has this much available."""
    available = program.available
    if total > available:
        yield Problem(
            "value",
            _(
                "This costs %(total)s, but %(program)s has %(available)s available. "
                "Ask an administrator to add funds, or lower the amount."
            )
            % {
                "total": total,
                "program": program.name,
                "available": available,
            },
            Obstacle.BUDGET,
        )
