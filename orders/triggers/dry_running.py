"""What a version would make of events, without anything stored or sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Event, RuleVersion, Side
from orders.triggers import calls, sentences, telling, texts, wishes
from orders.triggers.calls import EventCall
from orders.triggers.matching import Matcher
from orders.triggers.problems import MEANINGS, Refused
from orders.triggers.texts import GiftText
from portal import crypto

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What it makes of one event; `event` is None for a sample."""

    event_id: str
    type: str
    occurred_at: datetime
    is_match: bool
    why: str
    # What it would send, or why not after all: nothing where it does not match.
    sends: tuple[str, ...] = ()
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    lines: tuple[Line, ...]

    @property
    def matched(self) -> int:
        return sum(line.is_match for line in self.lines)


def of_sample(version: RuleVersion, call: EventCall) -> Outcome:
    """What the version would make of this event."""
    return Outcome((_line(version, Matcher(version, is_trial=True), call),))


def of_last(version: RuleVersion, *, is_test: bool) -> Outcome:
    """The same of the program's last 100 events, live ones or those of test keys."""
    events = Event.objects.filter(
        program=version.rule.program_id, is_test=is_test, reverses=""
    ).exclude(type="")
    newest = events.select_related("key").order_by("-id")[:MOST]
    matcher = Matcher(version, is_trial=True)
    return Outcome(tuple(_lines(version, matcher, newest)))


def _lines(
    version: RuleVersion, matcher: Matcher, events: Iterable[Event]
) -> Iterable[Line]:
    for event in events:
        try:
            call = calls.event_of(event)
        except crypto.Undecipherable:
            continue  # Its key is gone: nobody can tell what it said.
        yield _line(version, matcher, call, event)


def _line(
    version: RuleVersion, matcher: Matcher, call: EventCall, event: Event | None = None
) -> Line:
    why, is_match = _("It is of another type."), False
    if call.type == version.event_type:
        finding = matcher.finding(call, _day(call))
        why = telling.why(version, finding.stored())
        is_match = finding.matched
    return Line(
        event_id=call.event_id,
        type=call.type,
        occurred_at=call.occurred_at,
        is_match=is_match,
        why=why,
        sends=tuple(_sends(version, call)) if is_match else (),
        event=event,
    )


def _sends(version: RuleVersion, call: EventCall) -> Iterable[str]:
    for gift in texts.of(version).gifts:
        person = call.person if gift.side == Side.PERSON else call.advocate
        try:
            wishes.need(person, gift.way)
        except Refused as refusal:
            yield _named(gift, str(MEANINGS[refusal.code].title))
            continue
        yield _named(gift, sentences.card(gift))
    if call.person and call.advocate:
        for said in telling.alike(call.person, call.advocate):
            yield _("Held for a person to look at: %(said)s") % {"said": said}


def _named(gift: GiftText, said: str) -> str:
    return f"{gift.side.label}: {said}"


def _day(call: EventCall) -> date:
    return timezone.localdate(call.occurred_at, ZoneInfo(settings.DEFAULT_TIME_ZONE))
