"""What happened to some records, for their own pages."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from portal.audit import reading
from portal.audit.models import Entry
from portal.audit.naming import Name


@dataclass(frozen=True, slots=True)
class Event:
    """One line of components/timeline.html."""

    at: datetime
    title: str
    actor: str
    channel: str
    detail: str
    tone: str
    icon: str
    url: str = ""


def timeline(
    subjects: Iterable[tuple[str, Collection[object]]],
    *,
    describe: Callable[[Entry], str] | None = None,
    most: int = 200,
) -> list[Event]:
    """The newest acts on these (subject type, ids), newest first.

    Shows whatever it is asked for: which records a person may see is for the caller.
    `describe` turns an entry's data into a sentence; without it there is no detail.
    """
    about = Q(pk__in=[])
    for subject_type, ids in subjects:
        if ids:
            names = [str(i) for i in ids]
            about |= Q(subject_type=subject_type, subject_id__in=names)
    entries = list(Entry.objects.filter(about).order_by("-sequence")[:most])
    return [
        _event(entry, actor, describe)
        for entry, actor in zip(entries, reading.actors(entries), strict=True)
    ]


def _event(entry: Entry, actor: Name, describe: Callable[[Entry], str] | None) -> Event:
    tone, icon = reading.sign_of(entry.action)
    return Event(
        at=entry.at,
        title=reading.title_of(entry.action),
        actor=actor.text,
        channel=reading.channel_of(entry),
        detail=describe(entry) if describe else "",
        tone=tone,
        icon=icon,
    )
