"""What came of an address, in words; and two versions of it, to choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import crypto
from programs.addresses.checking import Judgement, Outcome
from programs.addresses.comparing import Piece, difference
from programs.addresses.countries import name_of
from programs.addresses.fields import Field, label
from programs.addresses.problems import Note, Problem
from programs.states import State

STATES: Final[Mapping[Outcome, State]] = {
    Outcome.CONFIRMED: State(
        _("Confirmed"), "ok", "check-circle", _("It is as its country’s post wants it.")
    ),
    Outcome.SUGGESTED: State(
        _("We suggest a correction"),
        "warn",
        "light-bulb",
        _("As it was typed it may not arrive."),
    ),
    Outcome.INCOMPLETE: State(
        _("Incomplete"),
        "warn",
        "exclamation-triangle",
        _("Something has to be added before it can be posted to."),
    ),
    Outcome.UNDELIVERABLE: State(
        _("Cannot be delivered"),
        "err",
        "no-symbol",
        _("By all that is known of its post, nothing arrives there."),
    ),
}
KEPT_AS_TYPED: Final = State(
    _("Kept as typed"),
    "warn",
    "exclamation-triangle",
    _("The rules of its post doubt it; somebody said why it is right."),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A message, and the id of the field it is about, if the form has it."""

    message: str = field(repr=False)
    target: str


@dataclass(frozen=True, slots=True)
class Version:
    """One of two versions of an address: its fields, and the names of those changed."""

    lines: Sequence[Sequence[Piece]] = field(repr=False)
    changed: Sequence[str | Promise]


def versions(judged: Judgement) -> tuple[Version, Version]:
    """The suggestion, and the address as it was typed; the name is in neither.

    Raises ValueError where there is no suggestion.
    """
    if judged.suggestion is None:
        raise ValueError("nothing is suggested")
    rows = [
        row
        for row in difference(judged.address, judged.suggestion)
        if row.field != Field.NAME
    ]
    country = judged.suggestion.country
    changed = [label(row.field, country) for row in rows if row.is_changed]
    return (
        Version([_named(row.field, row.after) for row in rows], changed),
        Version([_named(row.field, row.before) for row in rows], changed),
    )


def findings(
    judged: Judgement, ids: Mapping[Field, str], *, is_said: bool
) -> list[Finding]:
    """Problems, unless they are said elsewhere, and notes; `ids` are of the fields."""
    found: list[Problem | Note] = [] if is_said else [*judged.problems]
    return [
        Finding(each.message, ids.get(each.field, ""))
        for each in (*found, *judged.notes)
    ]


def fingerprint(judged: Judgement) -> str:
    """Ties a choice to the two versions it was made between."""
    both = (judged.address, judged.suggestion)
    texts = [each[part] for each in both if each for part in Field]
    return crypto.digest("\x00".join(texts), purpose="address suggestion")


def _named(part: Field, pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The pieces as they are read: a country by its name."""
    if part != Field.COUNTRY:
        return pieces
    return [Piece(name_of(piece.text), piece.is_changed) for piece in pieces]
