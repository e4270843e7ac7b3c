"""From what callers send to what verbs take: contacts in their one stored form."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.api import bodies
from orders.api.problem_json import Flaw, Invalid
from orders.models import Way
from orders.triggers.calls import Address, Consent, EventCall, Person, RewardCall
from orders.triggers.problems import Code, Refused
from programs.contacts import BadContact
from programs.sheets import fast_contacts

Made = TypeVar("Made")


def event(body: bodies.Event, key: str | None, region: str) -> EventCall:
    """The event of a body and its Idempotency-Key. Raises Refused.

    `region` is whose a mobile number without a country code is.
    """
    reader = _Reader(region)
    event_id = reader.id_of(body.event_id, _bare(key))
    call = EventCall(
        event_id=event_id,
        type=body.type,
        occurred_at=body.occurred_at,
        person=reader.person("person", body.person),
        advocate=reader.person("advocate", body.advocate),
        attributes=body.attributes,
        consent=reader.consent("consent", body.consent),
        advocate_consent=reader.consent("advocate_consent", body.advocate_consent),
        reverses=body.reverses or "",
    )
    reader.conclude()
    return call


def reward(body: bodies.Reward, key: str, region: str) -> RewardCall:
    """The reward of a body and its Idempotency-Key, as `event` does."""
    reader = _Reader(region)
    call = RewardCall(
        request_id=_bare(key) or "",
        product_id=body.product,
        value=body.value,
        person=reader.known_person("person", body.person),
        way=Way(body.by),
        from_name=body.from_name.strip(),
        message=body.message.strip(),
        consent=reader.consent("consent", body.consent),
    )
    reader.conclude()
    return call


class _Reader:
    """Goes through a body and gathers what is wrong with it."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._flaws: list[Flaw] = []

    def conclude(self) -> None:
        """Raise Invalid for all that was found."""
        if self._flaws:
            raise Invalid(self._flaws)

    def id_of(self, said: str | None, key: str | None) -> str:
        if said and key and said != key:
            text = _("Send the same id as in the header Idempotency-Key, or only one.")
            self._flaws.append(Flaw("event_id", text))
        if not said and not key:
            text = _("Send an id, here or in the header Idempotency-Key.")
            self._flaws.append(Flaw("event_id", text))
        return said or key or ""

    def person(self, field: str, said: bodies.Person | None) -> Person | None:
        return None if said is None else self.known_person(field, said)

    def known_person(self, field: str, said: bodies.Person) -> Person:
        email = self._contact(f"{field}.email", said.email, fast_contacts.email)
        phone = self._contact(f"{field}.phone", said.phone, self._phone)
        if not said.email and not said.phone:
            raise Refused(Code.CONTACT_MISSING, field=field)
        return Person(
            name=" ".join(said.name.split()),
            email=email,
            phone=phone,
            address=_address(said.address),
        )

    def consent(self, field: str, said: bodies.Consent | None) -> Consent | None:
        if said is None:
            return None
        # Where the caller is, it may be tomorrow already.
        if said.given_on > timezone.localdate() + timedelta(days=1):
            text = _("Send the day they agreed, not a day to come.")
            self._flaws.append(Flaw(f"{field}.given_on", text))
        return Consent(
            given_on=said.given_on,
            wording=said.wording,
            evidence=said.evidence.strip(),
        )

    def _phone(self, said: str) -> str:
        return fast_contacts.phone(said, self._region)

    def _contact(self, field: str, said: str | None, read: Callable[[str], str]) -> str:
        if not said:
            return ""
        try:
            return read(said)
        except BadContact as bad:
            self._flaws.append(Flaw(field, str(bad)))
            return ""


def _bare(key: str | None) -> str | None:
    return key and key.strip('"')


def _address(said: bodies.Address | None) -> Address | None:
    if said is None:
        return None
    return Address(
        line1=said.line1,
        line2=said.line2,
        city=said.city,
        state=said.state,
        postal_code=said.postal_code,
        country=said.country.upper(),
    )
