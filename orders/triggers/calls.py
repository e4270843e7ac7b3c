"""What a caller says, with contacts normalised; stored encrypted, as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import simplejson

from orders.models import Event, Way
from portal import crypto

# JSON scalars; what cannot be compared is not taken in.
Scalar = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address, only ever compared with that of the other side."""

    line1: str
    city: str
    postal_code: str
    country: str
    line2: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on one side of an event; at least one contact is there."""

    name: str
    email: str = ""
    phone: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That the person agreed to be written to, on a day, to a version of a wording."""

    given_on: date
    wording: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCall:
    """One event. `reverses` is the id of the event that this one takes back."""

    event_id: str
    type: str
    occurred_at: datetime
    person: Person | None = None
    advocate: Person | None = None
    attributes: Mapping[str, Scalar] = field(default_factory=dict)
    # Of the person, and of the advocate.
    consent: Consent | None = None
    advocate_consent: Consent | None = None
    reverses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardCall:
    """One reward, asked for without a rule; `value` in the program's currency."""

    request_id: str
    product_id: str
    value: Decimal
    person: Person
    way: Way
    from_name: str = ""
    message: str = ""
    consent: Consent | None = None


def text_of(call: EventCall | RewardCall) -> str:
    """The call as JSON, the same for the same call."""
    return simplejson.dumps(
        call,
        sort_keys=True,
        separators=(",", ":"),
        use_decimal=True,
        default=_plain,
    )


def digest_of(text: str) -> str:
    """What tells the same call from another one under its id: a keyed digest."""
    return crypto.digest(text, purpose="call")


def sealed(text: str) -> str:
    """The call as it is stored."""
    return crypto.encrypt(text)


def event_of(event: Event) -> EventCall:
    """What was reported. Raises crypto.Undecipherable."""
    said = simplejson.loads(crypto.decrypt(event.body_ciphertext), use_decimal=True)
    return EventCall(
        **said
        | {
            "occurred_at": datetime.fromisoformat(said["occurred_at"]),
            "person": _person(said["person"]),
            "advocate": _person(said["advocate"]),
            "consent": _consent(said["consent"]),
            "advocate_consent": _consent(said["advocate_consent"]),
        }
    )


def reward_of(event: Event) -> RewardCall:
    """The reward that was asked for. Raises crypto.Undecipherable."""
    said = simplejson.loads(crypto.decrypt(event.body_ciphertext), use_decimal=True)
    person = _person(said["person"])
    assert person is not None  # noqa: S101  (a reward is asked for somebody)
    return RewardCall(
        **said
        | {
            "person": person,
            "value": Decimal(said["value"]),
            "way": Way(said["way"]),
            "consent": _consent(said["consent"]),
        }
    )


def _plain(value: object) -> object:
    if isinstance(value, Address | Consent | EventCall | Person | RewardCall):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    return value.isoformat() if isinstance(value, date) else str(value)


def _person(said: dict[str, Any] | None) -> Person | None:
    if said is None:
        return None
    address = said["address"]
    return Person(**said | {"address": Address(**address) if address else None})


def _consent(said: dict[str, Any] | None) -> Consent | None:
    if said is None:
        return None
    return Consent(**said | {"given_on": date.fromisoformat(said["given_on"])})
