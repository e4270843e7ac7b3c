"""Entries as people read them: names instead of ids, words instead of codes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.actors import ActorKind, Channel
from portal.audit.models import Entry
from portal.audit.naming import Name, Subject, names_of

CHANNELS: Final[dict[str, str | Promise]] = {
    Channel.WEB: _("Portal"),
    Channel.WORKER: _("Worker"),
    Channel.WEBHOOK: _("Webhook"),
    Channel.COMMAND: _("Command"),
    Channel.API: _("API"),
}
KINDS: Final[dict[str, str | Promise]] = {
    ActorKind.PERSON: _("A person"),
    ActorKind.RECIPIENT: _("A recipient"),
    ActorKind.PROVIDER: _("The provider"),
    ActorKind.COMMAND: _("A command"),
    ActorKind.SYSTEM: _("Laurel"),
    ActorKind.KEY: _("Another system"),
    ActorKind.RULE: _("A rule"),
}
# Actors that are records, and of which type.
_RECORDS: Final[dict[str, str]] = {
    ActorKind.PERSON: "user",
    ActorKind.KEY: "apikey",
    ActorKind.RULE: "ruleversion",
}
# By the participle, so that an action of another noun needs no line of its own.
_SIGNS: Final[dict[str, tuple[str, str]]] = {
    "accepted": ("ok", "check-circle"),
    "approved": ("ok", "check-circle"),
    "granted": ("ok", "check-circle"),
    "delivered": ("ok", "check-circle"),
    "returned": ("err", "arrow-uturn-left"),
    "released": ("info", "paper-airplane"),
    "attempted": ("info", "paper-airplane"),
    "answered": ("info", "inbox-arrow-down"),
    "submitted": ("violet", "scale"),
    "changes_requested": ("warn", "pencil-square"),
    "edited": ("neutral", "pencil-square"),
    "created": ("neutral", "plus-circle"),
    "undone": ("warn", "arrow-uturn-left"),
    "paused": ("warn", "pause-circle"),
    "withdrawn": ("warn", "no-symbol"),
    "rejected": ("err", "x-circle"),
    "abandoned": ("err", "x-circle"),
    "deactivated": ("err", "x-circle"),
    "cancelled": ("neutral", "x-circle"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry with its names."""

    entry: Entry
    title: str
    actor: Name
    channel: str
    subject: Name
    program: Name | None
    tone: str
    icon: str


def read(entries: Sequence[Entry]) -> list[Line]:
    """The entries with everything named; one query per type of record."""
    names = names_of(subject for entry in entries for subject in _subjects(entry))
    return [_line(entry, names) for entry in entries]


def actors(entries: Sequence[Entry]) -> list[Name]:
    """Who did each of the entries; one query per kind of actor at most."""
    names = names_of(
        (_RECORDS[entry.actor_kind], entry.actor_id)
        for entry in entries
        if entry.actor_kind in _RECORDS
    )
    return [_actor(entry, names) for entry in entries]


def channel_of(entry: Entry) -> str:
    """The entrance an act came through, in a word."""
    return str(CHANNELS.get(entry.channel, entry.channel))


def sign_of(action: str) -> tuple[str, str]:
    """The tone and the icon an action is shown with."""
    return _SIGNS.get(action.rpartition(".")[2], ("neutral", "clock"))


def title_of(action: str) -> str:
    """An action in words: "order.changes_requested" is "Order changes requested"."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _subjects(entry: Entry) -> Iterable[Subject]:
    yield entry.subject_type, entry.subject_id
    if entry.actor_kind in _RECORDS:
        yield _RECORDS[entry.actor_kind], entry.actor_id
    if entry.program_id is not None:
        yield "program", str(entry.program_id)


def _line(entry: Entry, names: dict[Subject, Name]) -> Line:
    tone, icon = sign_of(entry.action)
    program = entry.program_id
    return Line(
        entry=entry,
        title=title_of(entry.action),
        actor=_actor(entry, names),
        channel=channel_of(entry),
        subject=names[entry.subject_type, entry.subject_id],
        program=None if program is None else names["program", str(program)],
        tone=tone,
        icon=icon,
    )


def _actor(entry: Entry, names: dict[Subject, Name]) -> Name:
    if entry.actor_kind in _RECORDS:
        return names[_RECORDS[entry.actor_kind], entry.actor_id]
    if entry.actor_kind == ActorKind.COMMAND:
        return Name(_("Command %(name)s") % {"name": entry.actor_id})
    return Name(str(KINDS.get(entry.actor_kind, entry.actor_kind)))
