"""Asking today's rules about events of before: what would come of it, one or many.

Replays keep the event's id, so no reward is made a second time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from orders.award_states import AwardStatus, EventStatus
from orders.claims import handing
from orders.models import Award, Event, RuleGift, RuleVersion
from orders.models.event import EventQuerySet
from orders.triggers import calls, deciding, matching
from orders.triggers.matching import Matcher
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.crypto import Undecipherable
from portal.money import Money
from portal.outbox.messages import enqueue_all
from portal.outbox.models import Message
from programs.models import Program

TOPIC: Final = "triggers.replay"
# So many that a look at them and their messages take a second or two.
MOST: Final = 500
_REFUSED: Final = Exists(
    Award.objects.filter(event=OuterRef("pk"), status=AwardStatus.REFUSED)
)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What replays may come to: how many events, and the cards they may newly send.

    `left` are events beyond the most at once.
    """

    events: int
    gifts: Sequence[RuleGift]
    amount: Money
    left: int = 0


def can_be_replayed(event: Event) -> bool:
    """Whether there is anything to ask; a reward asked for without a rule has none."""
    return bool(event.type)


def outlook_of(event: Event) -> Outlook:
    """What a replay of this event may newly send, by the rules of now."""
    gifts = _gifts(event, list(deciding.versions_for(event)), _standing([event]))
    return Outlook(1, gifts, _sum(event.program, [] if event.is_test else gifts))


def unrewarded(program: Program, *, since: datetime, is_test: bool) -> EventQuerySet:
    """Events since then that matched nothing, or of which a reward was refused."""
    events = Event.objects.filter(
        program=program, received_at__gte=since, is_test=is_test
    ).exclude(type="")
    return events.filter(Q(status=EventStatus.UNMATCHED) | _REFUSED)


def outlook(program: Program, *, since: datetime, is_test: bool) -> Outlook:
    """The same for all that came to nothing since then, the oldest first."""
    found = unrewarded(program, since=since, is_test=is_test)
    events = list(found.select_related("program").order_by("pk")[:MOST])
    standing = _standing(events)
    # Rules are the same for all events of a type.
    versions = {event.type: event for event in events}
    asked = {
        type: list(deciding.versions_for(event)) for type, event in versions.items()
    }
    gifts = [
        gift for event in events for gift in _gifts(event, asked[event.type], standing)
    ]
    left = found.count() - len(events) if len(events) == MOST else 0
    amount = _sum(program, [] if is_test else gifts)
    return Outlook(len(events), gifts, amount, left)


@transaction.atomic(durable=True)
def replay_since(
    program: Program, *, since: datetime, is_test: bool, actor: Actor
) -> int:
    """Have all that came to nothing since then replayed; how many are on their way.

    At most MOST, the oldest first. One message for each; what waits already is not
    enqueued again.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    found = unrewarded(program, since=since, is_test=is_test)
    events = list(found.order_by("pk").values_list("pk", "replays")[:MOST])
    fresh = _without_waiting(events)
    by = actor.person_id
    enqueue_all(TOPIC, {key: {"event": pk, "user": by} for pk, key in fresh})
    if fresh:
        journal.record(
            Action.EVENTS_REPLAYED,
            program,
            actor=actor,
            program_id=program.pk,
            data={
                "count": len(fresh),
                "since": since.isoformat(),
                "test": is_test,
                "events": handing.digest_of(pk for pk, _key in fresh),
            },
        )
    return len(fresh)


_Standing = Collection[tuple[int, int | None, str]]


def _standing(events: Iterable[Event]) -> _Standing:
    """The rewards that replays leave as they are: by event, rule and side."""
    awards = Award.objects.filter(event__in=[event.pk for event in events])
    kept = awards.exclude(status=AwardStatus.REFUSED)
    return {(award.event_id, award.rule_id, award.side) for award in kept}


def _gifts(
    event: Event, versions: Iterable[RuleVersion], standing: _Standing
) -> list[RuleGift]:
    """What today's rules give for an event and it has not made yet."""
    try:
        call = calls.event_of(event)
    except Undecipherable:
        return []
    matchers = [Matcher(version, is_trial=event.is_test) for version in versions]
    return [
        gift
        for matcher, finding in matching.findings(
            matchers, call, deciding.day_of(event)
        )
        if finding.matched
        for gift in matcher.version.gifts.all()
        if (event.pk, matcher.version.rule_id, gift.side) not in standing
    ]


def _sum(program: Program, gifts: Iterable[RuleGift]) -> Money:
    return program.money(sum(gift.value_minor for gift in gifts))


def _without_waiting(events: Iterable[tuple[int, int]]) -> list[tuple[int, str]]:
    """Each event with the key of its next replay, where that is not on its way."""
    keys = {f"{pk}-{replays + 1}": pk for pk, replays in events}
    full = [f"{TOPIC}:{key}" for key in keys]
    waiting = set(Message.objects.filter(key__in=full).values_list("key", flat=True))
    return [(pk, key) for key, pk in keys.items() if f"{TOPIC}:{key}" not in waiting]
