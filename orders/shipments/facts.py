"""What people say of a parcel, and what it makes of the parcel: rules, no writing.

The provider gives no tracking number and does not tell whether a card arrived.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import CharField
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orders.eligibility import Problem
from orders.models import Order, Reward, Shipment
from orders.parcel_states import STAFF_TRANSITIONS, ShipmentStatus
from orders.states import PROVIDER_FULFILMENT, RewardStatus
from programs import arrival, contacts

_S = ShipmentStatus
_DAYS: Final = ("shipped_on", "delivered_on", "returned_on")
_TEXTS: Final = (
    "tracking_company",
    "tracking_number",
    "tracking_url",
    "return_reason",
)
_ENDS: Final = {"delivered_on": _S.DELIVERED, "returned_on": _S.RETURNED}
_LOST: Final = (RewardStatus.FAILED, RewardStatus.CANCELLED)
_is_https: Final = URLValidator(schemes=["https"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What somebody says; None leaves a thing as it is, an empty text takes it away."""

    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    shipped_on: date | None = None
    delivered_on: date | None = None
    returned_on: date | None = None
    return_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is other than before, by the parcel's own fields; empty for no change."""

    fields: Mapping[str, object] = field(default_factory=dict)
    status: ShipmentStatus = _S.PLANNED

    def apply(self, parcel: Shipment) -> None:
        """Write it on a parcel, which is not saved by that."""
        for name, value in self.fields.items():
            setattr(parcel, name, value)
        parcel.status = self.status


class Refused(Exception):
    """What was said cannot be; `problems` say why, at the fields of Facts."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def change(parcel: Shipment, facts: Facts, *, today: date) -> Change:
    """What these facts change; the parcel comes with its order. Raises Refused.

    That it arrived and that it came back exclude each other: the last word counts.
    """
    said = _said(facts)
    status = _status_after(parcel, said)
    if problems := [*_text_problems(said), *_problems(parcel, said, status, today)]:
        raise Refused(problems)
    told: dict[str, object] = dict(said)
    if "delivered_on" in said:
        told |= {"returned_on": None, "return_reason": ""}
    elif "returned_on" in said:
        told["delivered_on"] = None
    other = {name: new for name, new in told.items() if new != getattr(parcel, name)}
    return Change(other, status)


def taken_back(parcel: Shipment) -> Change | None:
    """How it is without the last thing staff recorded; None where that is nothing."""
    word = by_provider(parcel.reward)
    match _S(parcel.status):
        case _S.DELIVERED | _S.RETURNED:
            gone = {"delivered_on": None, "returned_on": None, "return_reason": ""}
            was: dict[str, object] = {
                name: value for name, value in gone.items() if getattr(parcel, name)
            }
            if word == _S.SHIPPED and parcel.shipped_on is None:
                was["shipped_on"] = _sent_on(parcel.reward)
            return Change(was, _S.SHIPPED if parcel.shipped_on else word)
        case _S.SHIPPED if word != _S.SHIPPED:
            return Change({"shipped_on": None}, word)
    return None


def by_provider(reward: Reward) -> ShipmentStatus:
    """Where an ordered parcel is by the provider's word alone."""
    if reward.status in _LOST:
        return _S.STOPPED
    if reward.status == RewardStatus.SHIPPED:
        return _S.SHIPPED
    # The same words as `following.follow` goes by.
    is_packed = reward.provider_status.casefold() == PROVIDER_FULFILMENT
    is_filled = is_packed or reward.status == RewardStatus.SENT
    return _S.FULFILMENT if is_filled else _S.QUEUED


def _sent_on(reward: Reward) -> date | None:
    """The day the provider's word that it was shipped came in."""
    return arrival.local_day(reward.sent_at) if reward.sent_at else None


def is_recordable(parcel: Shipment) -> bool:
    """Whether there is anything to say of a parcel as it is."""
    return bool(STAFF_TRANSITIONS[_S(parcel.status)])


def ordered_on(order: Order) -> date:
    """The first day on which something may have happened to its parcels."""
    return arrival.local_day(order.approved_at or order.created_at)


def _said(facts: Facts) -> dict[str, object]:
    told = {each.name: getattr(facts, each.name) for each in fields(facts)}
    said = {name: value for name, value in told.items() if value is not None}
    for name in _TEXTS:
        if text := said.get(name):
            # An address stays letter for letter.
            plain = str.strip if name == "tracking_url" else contacts.tidy
            said[name] = plain(text)
    return said


def _status_after(parcel: Shipment, said: Mapping[str, object]) -> ShipmentStatus:
    before = _S(parcel.status)
    for name, status in _ENDS.items():
        if name in said:
            return status
    is_new = "shipped_on" in said and before in (_S.QUEUED, _S.FULFILMENT)
    return _S.SHIPPED if is_new else before


def _text_problems(said: Mapping[str, object]) -> Iterator[Problem]:
    for name in _TEXTS:
        column = Shipment._meta.get_field(name)
        text, most = said.get(name), isinstance(column, CharField) and column.max_length
        if most and isinstance(text, str) and len(text) > most:
            words = _("Use at most %(most)d characters; these are %(count)d.")
            yield Problem(name, words % {"most": most, "count": len(text)})
    if url := said.get("tracking_url"):
        try:
            _is_https(url)
        except ValidationError:
            words = _("Enter a whole web address that begins with https://.")
            yield Problem("tracking_url", words)


def _problems(
    parcel: Shipment, said: Mapping[str, object], status: ShipmentStatus, today: date
) -> Iterator[Problem]:
    before = _S(parcel.status)
    if before == _S.PLANNED:
        yield Problem("", _("It is not ordered yet. Order it first."))
    elif not (is_recordable(parcel) and status in STAFF_TRANSITIONS[before] | {before}):
        yield Problem("", _("It will not be posted, so there is nothing to record."))
    if _ENDS.keys() <= said.keys():
        text = _("It either arrived or came back. Keep the one that happened last.")
        yield Problem("returned_on", text)
    if said.get("return_reason") and status != _S.RETURNED:
        yield Problem("returned_on", _("Enter the day on which it came back."))
    yield from _day_problems(parcel, said, today)


def _day_problems(
    parcel: Shipment, said: Mapping[str, object], today: date
) -> Iterator[Problem]:
    first = ordered_on(parcel.reward.order)
    days = {name: day for name in _DAYS if isinstance(day := said.get(name), date)}
    sane = {}
    for name, day in days.items():
        # A day as it stood, say of the provider, is not for whoever adds to it.
        if day == getattr(parcel, name) or first <= day <= today:
            sane[name] = day
        elif day > today:
            text = _("This day has not come yet. Enter today or an earlier day.")
            yield Problem(name, text)
        else:
            text = _("It was ordered on %(day)s. Enter that day or a later one.")
            yield Problem(name, text % {"day": date_format(first, "j M Y")})
    shipped = sane.get("shipped_on") or parcel.shipped_on
    for name in _ENDS:
        ended = sane.get(name) or (None if _ends_anew(days) else getattr(parcel, name))
        if shipped and ended and ended < shipped:
            # At what was typed, if that is only one of the two.
            at = name if name in sane else "shipped_on"
            text = _("It was shipped on %(day)s. Correct one of the two days.")
            yield Problem(at, text % {"day": date_format(shipped, "j M Y")})


def _ends_anew(days: Mapping[str, date]) -> bool:
    """Whether the end it had until now counts no longer."""
    return bool(days.keys() & _ENDS.keys())
