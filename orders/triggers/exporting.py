"""The event log as a file: a row for each reward, or for an event that made none.

Without what callers said of people: that is read on the page of the event. Text as it
is, so it has to go through `portal.tabular` into a file.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from orders.claims import handing
from orders.models import Award, Event, Side
from orders.models.event import EventQuerySet
from orders.triggers import telling
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.tabular.writing import Cell
from programs.models import Program

# With two rewards each, as many as a workbook holds.
MOST: Final = 500_000
_AT_ONCE: Final = 1000
# Columns that every row has.
_OF_EVENT: Final = 11


class TooMany(Exception):
    """More events than one file holds."""


class NothingToExport(Exception):
    """No event matches."""


@dataclass(frozen=True, slots=True)
class Export:
    """Names of columns, and rows that are read from the database as they are taken."""

    columns: Sequence[str]
    rows: Iterator[Sequence[Cell]]


@transaction.atomic(durable=True)
def export(events: EventQuerySet, *, kind: str, actor: Actor) -> Export:
    """What to write into a file of this kind; journalled before its first byte.

    One entry per program, with the number of its events and a digest over their ids.
    Raises TooMany, and NothingToExport.
    """
    found = events.order_by("pk")
    pairs = list(found.values_list("pk", "program")[: MOST + 1])
    if not pairs:
        raise NothingToExport
    if len(pairs) > MOST:
        raise TooMany
    by_program: dict[int, list[int]] = defaultdict(list)
    for pk, program_id in pairs:
        by_program[program_id].append(pk)
    programs = Program.objects.in_bulk(by_program)
    for program_id, ids in by_program.items():
        journal.record(
            Action.EVENTS_EXPORTED,
            programs[program_id],
            actor=actor,
            program_id=program_id,
            data={"kind": kind, "count": len(ids), "events": handing.digest_of(ids)},
        )
    # What comes while the file is written is not in it.
    return Export(_names(), _rows(found.filter(pk__lte=pairs[-1][0])))


def _names() -> list[str]:
    return [
        _("Event"),
        _("Type"),
        _("Program"),
        _("Mode"),
        _("Source"),
        _("Happened"),
        _("Received"),
        _("Status"),
        _("Problem"),
        _("Takes back"),
        _("Replays"),
        _("Rule"),
        _("Version"),
        _("To"),
        _("Reward"),
        _("Product"),
        _("Value"),
        _("Currency"),
        _("Reward status"),
        _("Reward problem"),
        _("Order"),
        _("Reason"),
    ]


def _rows(events: EventQuerySet) -> Iterator[list[Cell]]:
    awards = Award.objects.select_related(
        "product", "rule_version__rule", "reward__order"
    ).order_by("pk")
    loaded = events.select_related("program", "key").defer("body_ciphertext")
    made = loaded.prefetch_related(Prefetch("awards", awards))
    for event in made.iterator(chunk_size=_AT_ONCE):
        own = _of_event(event)
        awards_of: list[Award | None] = [*event.awards.all()]
        for award in awards_of or [None]:
            yield [*own, *_of_award(event, award)]


def _of_event(event: Event) -> list[Cell]:
    return [
        event.event_id,
        event.type,
        event.program.name,
        _("Test") if event.is_test else _("Live"),
        event.key.name,
        _utc(event.occurred_at),
        _utc(event.received_at),
        str(event.state.label),
        telling.in_words(event.problem, event.detail),
        event.reverses,
        event.replays,
    ]


def _of_award(event: Event, award: Award | None) -> list[Cell]:
    if award is None:
        return [None] * (len(_names()) - _OF_EVENT)
    version, value = award.rule_version, event.program.money(award.value_minor)
    return [
        version.rule.name if version else "",
        version.number if version else None,
        str(Side(award.side).label),
        str(award),
        award.product.name,
        value.amount,
        value.currency,
        str((award.reward or award).state.label),
        telling.in_words(award.problem, award.detail),
        award.reward.order.po_number if award.reward else "",
        award.reason,
    ]


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
