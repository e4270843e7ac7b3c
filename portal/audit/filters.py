"""Narrowing the journal: each filter turns what was typed into ids and times."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from portal.actors import ActorKind
from portal.audit.naming import find
from portal.web.numbers import whole_number

# What no row has; unlike an empty `in`, it reads as what it means.
_NONE: Final = Q(pk__in=[])


def condition_of(wanted: Mapping[str, Any]) -> Q:
    """What an entry must fulfil; `wanted` is the cleaned data of an EntryFilter."""
    condition = Q()
    for name, narrow in _FILTERS.items():
        if value := wanted.get(name):
            condition &= narrow(value)
    return condition


def _kind(kind: str) -> Q:
    return Q(actor_kind=kind)


def _person(words: str) -> Q:
    ids = find(words, only="user").get("user", [])
    return Q(actor_kind=ActorKind.PERSON, actor_id__in=ids)


def _action(action: str) -> Q:
    return Q(action=action)


def _program(words: str) -> Q:
    ids = {int(i) for i in find(words, only="program").get("program", [])}
    if (number := whole_number(words)) is not None:
        ids.add(number)
    return Q(program_id__in=ids)


def _about(words: str) -> Q:
    condition = Q(subject_id=words) if words.isdecimal() else _NONE
    for subject_type, ids in find(words).items():
        condition |= Q(subject_type=subject_type, subject_id__in=ids)
    return condition


def _since(day: date) -> Q:
    return Q(at__gte=_midnight(day))


def _until(day: date) -> Q:
    """The whole of that day, in the reader's own zone."""
    return Q(at__lt=_midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


_FILTERS: Final[Mapping[str, Callable[[Any], Q]]] = {
    "kind": _kind,
    "person": _person,
    "action": _action,
    "program": _program,
    "about": _about,
    "since": _since,
    "until": _until,
}
