"""Taking an event back: what is not ordered is cancelled, a bought card is final."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from orders.award_states import AWARD_OPEN, AwardStatus, EventStatus
from orders.models import Award, Event
from orders.triggers import routing
from orders.triggers.problems import Code
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action


def lock_both(event_id: int) -> tuple[Event, Event | None]:
    """An event and the one it takes back, if both are there, locked.

    In the order of their keys: two that take each other back must not wait for each
    other.
    """
    event = Event.objects.get(pk=event_id)
    wanted = [event_id]
    if event.reverses:
        wanted += (
            _siblings(event)
            .filter(event_id=event.reverses)
            .values_list("pk", flat=True)
        )
    locked = {
        each.pk: each
        for each in Event.objects.select_for_update(of=("self",))
        .select_related("program", "key")
        .filter(pk__in=wanted)
        .order_by("pk")
    }
    found = locked.pop(event_id)
    return found, next(iter(locked.values()), None)


def is_reversed(event: Event) -> bool:
    """Whether a reversal of it came, also if it came first."""
    return _siblings(event).filter(reverses=event.event_id).exists()


def take_back(event: Event, original: Event | None, *, actor: Actor) -> None:
    """Cancel what the original earned and nobody ordered; say of the rest it is final.

    Within the verb that locked both.
    """
    awards = _awards(original)
    is_late = [award for award in awards if award.status == AwardStatus.ORDERED]
    cancelled = [award for award in awards if award.status in AWARD_OPEN]
    for award in cancelled:
        award.due_at = None
        routing.move(award, AwardStatus.CANCELLED, problem=Code.REVERSED)
    for award in is_late:
        award.problem = Code.CARD_FINAL
        award.save(update_fields=["problem"])
    event.status = EventStatus.REVERSAL
    event.decided_at = timezone.now()
    event.problem = ""
    if is_late:
        event.problem = Code.CARD_FINAL
    elif original is None:
        event.problem = Code.NOTHING_TO_REVERSE
    event.save(update_fields=["status", "decided_at", "problem", "replays"])
    journal.record(
        Action.EVENT_REVERSED,
        event,
        actor=actor,
        program_id=event.program_id,
        data={
            "original": original.pk if original else None,
            "cancelled": [award.pk for award in cancelled],
            "final": [award.pk for award in is_late],
        },
    )


def _awards(original: Event | None) -> Sequence[Award]:
    if original is None:
        return []
    locked = Award.objects.select_for_update().filter(event=original)
    return list(locked.order_by("pk"))


def _siblings(event: Event) -> QuerySet[Event]:
    return Event.objects.filter(program=event.program_id, is_test=event.is_test)
