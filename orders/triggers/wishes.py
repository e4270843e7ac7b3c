"""An award as the gift it asks for, and whether that may be sent now."""

from django.utils import timezone

from orders import eligibility
from orders.gifts import ConsentEvidence, DigitalGift
from orders.models import Award, Side, Way
from orders.triggers import calls
from orders.triggers.calls import Consent, Person
from orders.triggers.problems import Code, Refused
from programs import recipients, wordings
from programs.models import ConsentEntry, Recipient, Wording


def gift_of(award: Award) -> DigitalGift:
    """What would be sent, with the contacts that the event brought.

    Raises Refused where it does not say to whom, or lacks the contact it goes by.
    """
    from_name, message = "", ""
    if award.rule_version is None:
        asked = calls.reward_of(award.event)
        person: Person | None = asked.person
        given = asked.consent
        from_name, message = asked.from_name, asked.message
    else:
        event = calls.event_of(award.event)
        is_person = award.side == Side.PERSON
        person = event.person if is_person else event.advocate
        given = event.consent if is_person else event.advocate_consent
        from_name, message = award.rule_version.from_name, award.rule_version.message
    person = need(person, award.way)
    by = ways(award.way)
    return DigitalGift(
        program=award.program,
        product=award.product,
        value=award.value.amount,
        quantity=1,
        name=person.name,
        email=person.email if Way.EMAIL in by else "",
        phone=person.phone if Way.SMS in by else "",
        to_name=person.name,
        from_name=from_name or award.program.from_name,
        message=message or award.program.message,
        consent=_evidence(given),
    )


def need(person: Person | None, way: str) -> Person:
    """Who it goes to. Raises Refused without anybody, or without a contact for it."""
    if person is None:
        raise Refused(Code.PERSON_MISSING)
    by = ways(way)
    if not (Way.EMAIL in by and person.email) and not (Way.SMS in by and person.phone):
        raise Refused(Code.CONTACT_MISSING)
    return person


def ways(way: str) -> frozenset[Way]:
    """The channels that are used, where there is a contact for them."""
    return frozenset({Way.EMAIL, Way.SMS} if way == Way.BOTH else {Way(way)})


def check(gift: DigitalGift) -> None:
    """Raise Refused for the first thing that keeps this gift from being sent now."""
    try:
        person = recipients.known(email=gift.email, phone=gift.phone)
    except recipients.Conflict:
        raise Refused(Code.CONTACTS_CONFLICT) from None
    refuse(eligibility.problems(_checked(gift, person)))


def refuse(found: list[eligibility.Problem]) -> None:
    """Raise Refused for the first of these, if there is one."""
    for problem in found:
        raise Refused(Code(problem.kind.value), problem.message)


def _checked(gift: DigitalGift, person: Recipient | None) -> eligibility.Gift:
    return eligibility.Gift(
        program=gift.program,
        product=gift.product,
        value=gift.value,
        quantity=gift.quantity,
        recipient=person,
        email=gift.email,
        phone=gift.phone,
        deliver_at=None,
        consent_given=gift.consent is not None,
    )


def _evidence(given: Consent | None) -> ConsentEvidence | None:
    if given is None:
        return None
    named = Wording.objects.filter(version=given.wording).first()
    if given.wording and named is None:
        raise Refused(Code.WORDING_UNKNOWN)
    return ConsentEvidence(
        wording=named or wordings.current(),
        source=ConsentEntry.Source.API,
        # Where it was given it may have been tomorrow already.
        given_on=min(given.given_on, timezone.localdate()),
        evidence=given.evidence,
    )
