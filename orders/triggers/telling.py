"""The event log in words: why a rule did not match, what stands in a reward's way.

Codes are what is stored; what was in an event is decrypted for who may see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Award, Event, RuleVersion
from orders.summary import Row
from orders.triggers import calls, conditions, dealing, matching
from orders.triggers.calls import Consent, EventCall, Person, RewardCall, Scalar
from orders.triggers.conditions import Unmet
from orders.triggers.problems import MEANINGS, Code, Meaning
from programs import contacts
from programs.addresses import countries

_WHY: Final[Mapping[str, str | Promise]] = {
    matching.PAUSED: gettext_lazy("The rule was paused."),
    matching.BEFORE_START: gettext_lazy("The event was before the rule’s first day."),
    matching.AFTER_END: gettext_lazy("The event was after the rule’s last day."),
    Unmet.MISSING: gettext_lazy("The event has no “%(attribute)s”."),
    Unmet.NOT_COMPARABLE: gettext_lazy(
        "“%(attribute)s” cannot be compared with what the rule asks for."
    ),
    Unmet.FAILED: gettext_lazy("“%(attribute)s” is not as the rule asks."),
}
LIKENESSES: Final[Mapping[str, str | Promise]] = {
    "email": gettext_lazy("Both e-mail addresses may lead to one mailbox."),
    "phone": gettext_lazy("Both have the same mobile number."),
    "address": gettext_lazy("Both have the same postal address."),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule that was asked about an event, and what it said."""

    version: RuleVersion
    matched: bool
    why: str


def asked(event: Event) -> list[Asked]:
    """Every rule that was asked, those that matched first; one query."""
    versions = RuleVersion.objects.select_related("rule").in_bulk(
        {each["version"] for each in event.findings}
    )
    told = [
        Asked(version, finding["matched"], why(version, finding))
        for finding in event.findings
        if (version := versions.get(finding["version"]))
    ]
    return sorted(told, key=lambda each: (not each.matched, each.version.rule.name))


def call_of(event: Event) -> EventCall | RewardCall:
    """What the caller said. Raises crypto.Undecipherable."""
    return calls.event_of(event) if event.type else calls.reward_of(event)


def person_rows(person: Person, *, is_masked: bool) -> list[Row]:
    """Who it is about; `is_masked` tells contacts apart without giving them away."""
    email, phone, place = person.email, person.phone, person.address
    answers = {_("Name"): person.name}
    if email:
        answers[_("E-mail")] = contacts.masked(email) if is_masked else email
    if phone:
        readable = contacts.masked if is_masked else contacts.readable
        answers[_("Mobile")] = readable(phone)
    if place:
        country = countries.name_of(place.country)
        parts = [place.line1, place.line2, place.postal_code] if not is_masked else []
        lines = [*parts, place.city, place.state, country]
        answers[_("Address")] = ", ".join(filter(None, lines))
    return [Row(key, value) for key, value in answers.items()]


def consent_rows(given: Consent) -> list[Row]:
    """The evidence that came with it."""
    answers = {
        _("Given on"): given.given_on.isoformat(),
        _("Wording"): given.wording,
        _("Evidence"): given.evidence,
    }
    return [Row(key, value) for key, value in answers.items() if value]


def attribute_rows(attributes: Mapping[str, Scalar]) -> list[Row]:
    """By name; yes and no instead of true and false."""
    return [Row(name, _spoken(value)) for name, value in sorted(attributes.items())]


def alike(person: Person, advocate: Person) -> list[str]:
    """Everything the two sides have in common, in sentences."""
    apart = (
        replace(person, phone="", address=None),
        replace(person, email="", address=None),
        replace(person, email="", phone=""),
    )
    found = (dealing.likeness(each, advocate) for each in apart)
    return [str(LIKENESSES[each]) for each in found if each]


def meaning_of(code: str) -> Meaning | None:
    """What a stored code means; None for no problem."""
    return MEANINGS[Code(code)] if code else None


def in_words(code: str, detail: str) -> str:
    """A stored problem with its detail; empty without one.

    Of a reward: why it is held or refused, or cannot be taken back.
    """
    meaning = meaning_of(code)
    if meaning is None:
        return ""
    more = str(LIKENESSES.get(detail, detail))
    return " ".join(filter(None, (str(meaning.title), more)))


def remedies(awards: Sequence[Award]) -> list[str]:
    """What to do about those that were refused, each said once."""
    codes = dict.fromkeys(award.problem for award in awards if award.problem)
    return [str(MEANINGS[Code(code)].remedy) for code in codes]


def why(version: RuleVersion, finding: Mapping[str, object]) -> str:
    """Why it did not match, and what it asks for; empty where it matched."""
    if finding["matched"]:
        return ""
    code, attribute = str(finding["code"]), str(finding["attribute"])
    said = str(_WHY.get(code, code)) % {"attribute": attribute}
    wanted = [
        conditions.spoken(condition)
        for group in conditions.of(version.conditions)
        for condition in group
        if attribute and condition.attribute == attribute
    ]
    if not wanted:
        return said
    return _("%(said)s It asks for: %(wanted)s.") % {
        "said": said,
        "wanted": _(" or ").join(wanted),
    }


def _spoken(value: Scalar) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)
