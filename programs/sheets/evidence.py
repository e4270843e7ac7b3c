"""Consent that a list brings along: how somebody agreed, and on which day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.utils import timezone

from programs.models import ConsentEntry
from programs.sheets.days import day_of
from programs.sheets.fields import Field

Source = ConsentEntry.Source
MOST_TEXT: Final = 500

_NEGATIVE: Final = frozenset(
    [
        "no",
        "not",
        "none",
        "never",
        "nein",
        "non",
        "nicht",
        "kein",
        "keine",
        "ohne",
        "sans",
        "pas",
        "n/a",
        "na",
        "false",
        "0",
        "nope",
        "refused",
        "declined",
        "denied",
        "withdrawn",
        "opted-out",
        "out",
        "unknown",
        "pending",
        "missing",
    ]
)
# The first of these that a word of the text belongs to: a paper form is no web form.
_WORDS: Final = {
    Source.PAPER: {"paper", "written", "letter", "card", "papier", "papel"},
    Source.WEB_FORM: {
        "web",
        "form",
        "website",
        "online",
        "signup",
        "sign-up",
        "registration",
        "checkout",
        "survey",
        "portal",
        "app",
        "opt-in",
        "formular",
        "formulaire",
        "formulario",
    },
    Source.SPOKEN: {"spoken", "verbal", "oral", "phone", "call", "person", "telefon"},
    Source.REPLY: {"reply", "replied", "answer", "sms", "text", "keyword", "antwort"},
}


@dataclass(frozen=True, slots=True)
class Evidence:
    source: ConsentEntry.Source
    given_on: date
    # What the list says, word for word.
    text: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps it from counting: the kind of problem, and where it is."""

    kind: str
    field: Field
    typed: str


def of(
    values: Mapping[str, str], region: str, today: date | None = None
) -> Evidence | Fault | None:
    """The evidence of a row, why it does not count, or None where there is none.

    Who asks for many rows passes `today`.
    """
    source = values.get(Field.CONSENT_SOURCE, "")
    day = values.get(Field.CONSENT_ON, "")
    if not source and not day:
        return None
    return _read(source, day, region, today or timezone.localdate())


@lru_cache(maxsize=4096)
def _read(source: str, day: str, region: str, today: date) -> Evidence | Fault:
    known = source_of(source)
    if known is None:
        return Fault("consent_source", Field.CONSENT_SOURCE, source[:100])
    given_on = day_of(day, region)
    if given_on is None:
        return Fault("consent_on", Field.CONSENT_ON, day[:100])
    if given_on > today:
        return Fault("consent_to_come", Field.CONSENT_ON, day[:100])
    return Evidence(known, given_on, source[:MOST_TEXT])


def source_of(text: str) -> ConsentEntry.Source | None:
    """How they agreed, as far as a word says so; None for "no" and the like."""
    words = {word.strip(".,;:()") for word in re.split(r"[\s_]+", text.casefold())}
    if words & _NEGATIVE or any(word.endswith(("n't", "n’t")) for word in words):
        return None
    return next((source for source, known in _WORDS.items() if words & known), None)
