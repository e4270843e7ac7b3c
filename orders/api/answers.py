"""What callers get. Ids, codes and status words; nobody's name or address."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from orders.award_states import AwardStatus, EventStatus
from orders.models import Award, Event
from orders.states import OrderStatus, RewardStatus
from portal.money import Money
from programs.models import Product

Mode = Literal["test", "live"]
Text = Annotated[str, Field(description="In major units.", examples=["15.00"])]


def _slug(word: str) -> str:
    return word.replace(" ", "-")


# An award's own word until there is a reward; then its order's until that is sent.
STATUSES = tuple(
    sorted(
        {_slug(word) for words in (AwardStatus, OrderStatus) for word in words}
        | {_slug(word) for word in RewardStatus}
    )
)


class Problem(BaseModel):
    """Why something was not sent, is held, or cannot be taken back."""

    code: Annotated[str, Field(description="One of the codes of problems.")]
    detail: str


class EventTaken(BaseModel):
    """It is stored; its rules are asked next. The same for the same call."""

    event_id: str
    type: str
    mode: Mode
    received_at: datetime

    @classmethod
    def of(cls, event: Event) -> Self:
        return cls(
            event_id=event.event_id,
            type=event.type,
            mode=_mode(event),
            received_at=event.received_at,
        )


class Finding(BaseModel):
    """What one rule made of an event."""

    rule: int
    version: int
    matched: bool
    code: Annotated[
        str, Field(description="Why it did not match, such as condition-failed.")
    ]
    attribute: Annotated[str, Field(description="The attribute that decided.")]


class EventReward(BaseModel):
    """What an event earned somebody."""

    id: Annotated[str, Field(examples=["rw_0123456789abcdef0123456789abcdef"])]
    side: Literal["person", "advocate"]
    status: Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})]
    problem: Problem | None

    @classmethod
    def of(cls, award: Award) -> Self:
        return cls.model_validate(_standing(award))


class EventOutcome(BaseModel):
    """What became of an event."""

    event_id: str
    type: str
    mode: Mode
    occurred_at: datetime
    received_at: datetime
    status: Annotated[
        str, Field(json_schema_extra={"enum": [each.value for each in EventStatus]})
    ]
    problem: Problem | None
    findings: list[Finding]
    rewards: list[EventReward]

    @classmethod
    def of(cls, event: Event, awards: Sequence[Award]) -> Self:
        return cls(
            event_id=event.event_id,
            type=event.type,
            mode=_mode(event),
            occurred_at=event.occurred_at,
            received_at=event.received_at,
            status=event.status,
            problem=_problem(event.problem, event.detail),
            findings=[Finding(**each) for each in event.findings],
            rewards=[EventReward.of(award) for award in awards],
        )


class RewardTaken(BaseModel):
    """It is asked for, and ordered next. The same for the same call."""

    id: Annotated[str, Field(examples=["rw_0123456789abcdef0123456789abcdef"])]
    mode: Mode
    product: str
    value: Text
    currency: str
    by: Literal["email", "sms", "both"]
    created_at: datetime

    @classmethod
    def of(cls, award: Award) -> Self:
        return cls.model_validate(_asked(award))


class RewardOutcome(RewardTaken):
    """Where a reward is."""

    event_id: Annotated[
        str, Field(description="The event that earned it, or the Idempotency-Key.")
    ]
    side: Literal["person", "advocate"]
    status: Annotated[str, Field(json_schema_extra={"enum": list(STATUSES)})]
    problem: Problem | None
    order: Annotated[
        str | None, Field(description="Our reference of its order, once there is one.")
    ]

    @classmethod
    def of(cls, award: Award) -> Self:
        return cls.model_validate(
            {
                **_asked(award),
                **_standing(award),
                "event_id": award.event.event_id,
                "order": award.reward.order.reference if award.reward else None,
            }
        )


class Offer(BaseModel):
    """What may be sent in the program."""

    id: str
    name: str
    currency: str
    values: Annotated[
        list[Text], Field(description="All it is sold in; empty for a range.")
    ]
    least: Text | None
    most: Text | None
    whole: Annotated[bool, Field(description="Whether cents are not sold.")]

    @classmethod
    def of(cls, product: Product) -> Self:
        texts = [_text(Money(v, product.currency)) for v in product.values]
        is_range = not product.is_fixed and len(texts) == 2
        no_cents = Product.Denomination.NO_CENTS
        return cls(
            id=product.provider_id,
            name=product.name,
            currency=product.currency,
            values=texts if product.is_fixed else [],
            least=texts[0] if is_range else None,
            most=texts[1] if is_range else None,
            whole=product.denomination_type == no_cents,
        )


class Offers(BaseModel):
    """Some products by their id."""

    products: list[Offer]
    after: Annotated[
        str | None,
        Field(description="Send it as “after” for those that follow; null at the end."),
    ]


def _asked(award: Award) -> dict[str, object]:
    return {
        "id": str(award),
        "mode": _mode(award.event),
        "product": award.product.provider_id,
        "value": _text(award.value),
        "currency": award.value.currency,
        "by": award.way,
        "created_at": award.created_at,
    }


def _standing(award: Award) -> dict[str, object]:
    return {
        "id": str(award),
        "side": award.side,
        "status": _status(award),
        "problem": _problem(award.problem, award.detail),
    }


def _mode(event: Event) -> Mode:
    return "test" if event.is_test else "live"


def _text(money: Money) -> str:
    rounded = Money.rounded(money.amount, money.currency)
    return f"{rounded.amount:f}"


def _problem(code: str, detail: str) -> Problem | None:
    return Problem(code=code, detail=detail) if code else None


def _status(award: Award) -> str:
    if award.reward is None:
        return award.status
    if award.reward.status == RewardStatus.QUEUED:
        return _slug(award.reward.order.status)
    return award.reward.status
