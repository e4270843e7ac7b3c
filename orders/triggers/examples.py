"""The event that sampling makes of a rule, complete with what sending it needs."""

from datetime import datetime
from typing import Final

from orders.models import RuleVersion, Side, Way
from orders.triggers import conditions, sampling
from orders.triggers.calls import Consent, EventCall, Person
from programs import arrival
from programs.models import Program

# Nobody's: the domains and the numbers are set aside for examples.
_WHO: Final = {
    Side.PERSON: ("Fred Friend", "fred@example.com", "+12025550143"),
    Side.ADVOCATE: ("Adele Advocate", "adele@example.org", "+12025550187"),
}


def event_for(version: RuleVersion, *, event_id: str, at: datetime) -> EventCall | None:
    """An event of its type that meets its conditions; None where none can.

    Its gifts and its rule's program come loaded. The days it runs are not looked at.
    """
    groups = conditions.of(version.conditions)
    attributes = sampling.attributes(groups)
    if groups and conditions.unmet(groups, attributes):
        return None
    ways = {Side.PERSON: "", **{gift.side: gift.way for gift in version.gifts.all()}}
    people = {side: _person(Side(side), way) for side, way in ways.items()}
    program = version.rule.program
    consents = {side: _consent(program, way, at) for side, way in ways.items()}
    return EventCall(
        event_id=event_id,
        type=version.event_type,
        occurred_at=at,
        person=people[Side.PERSON],
        advocate=people.get(Side.ADVOCATE),
        attributes=attributes,
        consent=consents[Side.PERSON],
        advocate_consent=consents.get(Side.ADVOCATE),
    )


def _person(side: Side, way: str) -> Person:
    name, email, phone = _WHO[side]
    return Person(name=name, email=email, phone="" if way in ("", Way.EMAIL) else phone)


def _consent(program: Program, way: str, at: datetime) -> Consent | None:
    """What has to be on record for this way: SMS always needs it."""
    needs_any = program.email_consent == Program.EmailConsent.RECORDED
    if not way or (way == Way.EMAIL and not needs_any):
        return None
    return Consent(given_on=arrival.local_day(at), evidence="Sign-up form")
