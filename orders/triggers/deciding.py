"""What becomes of an event: which rules match, and what each side is awarded.

Whatever is delivered twice, an award is one per event, rule and side: the database says
so.
"""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from orders.award_states import AwardStatus, EventStatus, RuleStatus
from orders.models import Award, Event, Rule, RuleGift, RuleVersion
from orders.triggers import calls, matching, reversing, routing, standing
from orders.triggers.calls import EventCall
from orders.triggers.matching import Finding, Matcher
from orders.triggers.problems import Code
from orders.triggers.standing import Next
from portal.actors import WORKER, Actor
from portal.audit import journal
from portal.audit.actions import Action


@transaction.atomic(durable=True)
def decide(event_id: int, *, actor: Actor = WORKER) -> None:
    """Ask the rules about an event that was received; safe to repeat."""
    event, original = reversing.lock_both(event_id)
    if event.status == EventStatus.RECEIVED:
        _decide(event, original, actor=actor, action=Action.EVENT_DECIDED)


@transaction.atomic(durable=True)
def replay(event_id: int, *, actor: Actor) -> None:
    """Ask the rules of today about an event of any time; it keeps its id.

    An award that exists stays as it is, so there is no second reward; one that was
    refused gets another try.
    """
    event, original = reversing.lock_both(event_id)
    event.replays += 1
    _decide(event, original, actor=actor, action=Action.EVENT_REPLAYED)


def day_of(event: Event) -> date:
    """The day of an event where the organisation is."""
    return timezone.localdate(event.occurred_at, ZoneInfo(settings.DEFAULT_TIME_ZONE))


def versions_for(event: Event) -> QuerySet[RuleVersion]:
    """What the event is asked of: rules in force; in a test the newest of each rule."""
    rules = Rule.objects.filter(program=event.program_id).exclude(
        status=RuleStatus.ENDED
    )
    if event.is_test:
        newest = (
            RuleVersion.objects.filter(rule__in=rules)
            .order_by("rule", "-number")
            .values_list("rule", "pk")
        )
        first: dict[int, int] = {}
        for rule, pk in newest:
            first.setdefault(rule, pk)
        wanted = list(first.values())
    else:
        wanted = [pk for pk in rules.values_list("in_force", flat=True) if pk]
    gifts = RuleGift.objects.select_related("product")
    return (
        RuleVersion.objects.filter(pk__in=wanted, event_type=event.type)
        .select_related("rule")
        .prefetch_related(Prefetch("gifts", gifts))
        .order_by("rule")
    )


def _decide(
    event: Event, original: Event | None, *, actor: Actor, action: Action
) -> None:
    if event.reverses:
        reversing.take_back(event, original, actor=actor)
        return
    if not event.type:
        return  # A reward that was asked for without a rule has nothing to ask.
    call = calls.event_of(event)
    matchers = [Matcher(v, is_trial=event.is_test) for v in versions_for(event)]
    found = matching.findings(matchers, call, day_of(event))
    matched = [each.version for each, finding in found if finding.matched]
    awards = _award(event, call, matched)
    _note(event, [finding for _matcher, finding in found])
    journal.record(
        action,
        event,
        actor=actor,
        program_id=event.program_id,
        data={
            "test": event.is_test,
            "versions": [version.pk for version in matched],
            "awards": [award.pk for award in awards],
        },
    )


def _award(
    event: Event, call: EventCall, versions: Sequence[RuleVersion]
) -> list[Award]:
    """Every gift of the versions that matched, made or tried again."""
    standing.lock_rules({version.rule_id for version in versions})
    existing = {
        (award.rule_id, award.side): award
        for award in Award.objects.select_for_update().filter(event=event)
    }
    is_reversed = bool(versions) and reversing.is_reversed(event)
    touched = []
    for version in versions:
        for gift in version.gifts.all():
            award = existing.get((version.rule_id, gift.side)) or Award(event=event)
            if award.pk and award.status != AwardStatus.REFUSED:
                continue
            _write(award, event, version, gift)
            if is_reversed:
                _become(award, Next(AwardStatus.CANCELLED, problem=Code.REVERSED))
            elif event.is_test:
                _become(award, standing.of_trial(award, call))
            else:
                _become(award, standing.of(award, call))
            touched.append(award)
    return touched


def _write(award: Award, event: Event, version: RuleVersion, gift: RuleGift) -> None:
    award.event = event
    award.program = event.program
    award.rule = version.rule
    award.rule_version = version
    award.side = gift.side
    award.product = gift.product
    award.value_minor = gift.value_minor
    award.way = gift.way


def _become(award: Award, following: Next) -> None:
    award.recipient = following.recipient
    award.due_at = following.due_at
    if award._state.adding:
        award.status = following.status
        award.problem, award.detail = following.problem, following.detail
        award.save(force_insert=True)
    else:
        routing.move(
            award,
            following.status,
            problem=following.problem,
            detail=following.detail,
        )
    routing.send_on(award)


def _note(event: Event, found: Sequence[Finding]) -> None:
    is_matched = any(finding.matched for finding in found)
    event.status = EventStatus.MATCHED if is_matched else EventStatus.UNMATCHED
    event.findings = [finding.stored() for finding in found]
    event.decided_at = timezone.now()
    event.save(update_fields=["status", "findings", "decided_at", "replays"])
