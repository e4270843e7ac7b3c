"""Kinds of problems: their words, and what can be done about all of one kind.

A kind may have variants that are grouped apart: "email_typo:gmail.com" is the kind
email_typo with the variant gmail.com. Apps register their kinds where they register
their checks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words: TypeAlias = str | Promise

# Under this and the kind's name a row's fixes keep that a finding was accepted: "Keep
# as typed". A later change of the field it is about takes the word back.
ACCEPTED: Final = "accepted:"


class Repair(StrEnum):
    """What the button of a group does to each of its rows."""

    # Put the suggestion into the field.
    SUGGESTION = "suggestion"
    # Empty the field: the row has another contact that is free.
    CLEAR = "clear"
    LEAVE_OUT = "leave out"


class Finding(Protocol):
    """A problem found just now, or one that is stored."""

    @property
    def kind(self) -> str: ...
    @property
    def params(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Words may use %(variant)s, a message its params, a button %(count)d.

    `accept` is the button that lets the rows pass as they are; without it they cannot.
    """

    label: Words
    message: Words
    repair: Repair | None = None
    repair_label: Words = ""
    accept_label: Words = ""
    # Found by comparing rows, so a change of one row may find it in another.
    is_across: bool = False


_kinds: dict[str, Kind] = {}
_UNKNOWN: Final = Kind(
    label=_("Other problems"), message=_("Check this row and correct it.")
)


def register(kinds: Mapping[str, Kind]) -> None:
    """Add kinds by name; a name holds at most 30 characters with its variant."""
    _kinds.update(kinds)


def of(kind: str) -> Kind:
    """The kind a name with or without a variant stands for."""
    return _kinds.get(_parted(kind)[0], _UNKNOWN)


def base(kind: str) -> str:
    """The name without its variant."""
    return _parted(kind)[0]


def across() -> list[str]:
    """Names of the kinds that are found by comparing rows."""
    return [name for name, kind in _kinds.items() if kind.is_across]


def message(problem: Finding) -> str:
    """What is wrong in one row, and the remedy."""
    words = {"variant": _parted(problem.kind)[1], **problem.params}
    return str(of(problem.kind).message) % words


def label(kind: str) -> str:
    """The heading of a group: "Mobile numbers that no phone has"."""
    return str(of(kind).label) % {"variant": _parted(kind)[1]}


def repair_label(kind: str, count: int) -> str:
    """The button that repairs so many, "Add +1 to 23"; empty where none is safe."""
    return _button(of(kind).repair_label, kind, count)


def accept_label(kind: str, count: int) -> str:
    """The button that accepts so many as they are; empty where that is no choice."""
    return _button(of(kind).accept_label, kind, count)


def is_accepted(kind: str, fixes: Mapping[str, str]) -> bool:
    """Whether the person decided that this row may keep such a finding."""
    name = _parted(kind)[0]
    return ACCEPTED + name in fixes and bool(of(name).accept_label)


def _button(words: Words, kind: str, count: int) -> str:
    return str(words % {"variant": _parted(kind)[1], "count": count}) if words else ""


def _parted(kind: str) -> tuple[str, str]:
    name, _colon, variant = kind.partition(":")
    return name, variant
