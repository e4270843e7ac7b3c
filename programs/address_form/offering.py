"""What the provider said of an address, and the version of it that it offers.

An offer travels with the form, hidden, to the answer: nothing of it is kept here.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from programs.addresses.checking import Outcome, judge
from programs.addresses.fields import Address, Field
from programs.states import State

# Whose addresses the provider verifies (provider-api: 3).
COUNTRY: Final = "US"
_MOST_LETTERS: Final = 1000


class Verdict(StrEnum):
    """What came of asking; for the last two nobody was asked."""

    SAME = "same"
    OFFERED = "offered"
    UNKNOWN = "unknown"
    FAILED = "failed"
    NO_FUNDS = "no funds"
    NOT_OFFERED = "not offered"
    UNREADY = "unready"
    TOO_OFTEN = "too often"


VERDICTS: Final[Mapping[Verdict, State]] = {
    Verdict.SAME: State(
        _("The provider knows it"), "ok", "check-circle", _("Just as it was typed.")
    ),
    Verdict.OFFERED: State(
        _("The provider suggests a correction"),
        "warn",
        "light-bulb",
        _("Choose one of the two versions."),
    ),
    Verdict.UNKNOWN: State(
        _("The provider does not know it"),
        "warn",
        "exclamation-triangle",
        _("Nor one like it. It may be new; ask whoever lives there."),
    ),
    Verdict.FAILED: State(
        _("The provider did not answer"),
        "warn",
        "exclamation-triangle",
        _("Nothing you typed is lost. Ask again later, or go on without."),
    ),
    Verdict.NO_FUNDS: State(
        _("The provider’s account has no funds for it"),
        "warn",
        "exclamation-triangle",
        _("Ask an administrator, or go on without."),
    ),
    Verdict.NOT_OFFERED: State(
        _("The provider did not check it"),
        "warn",
        "exclamation-triangle",
        _("It is not enabled for this account. Ask an administrator; go on without."),
    ),
    Verdict.UNREADY: State(
        _("The provider was not asked"),
        "info",
        "information-circle",
        _("Put right what is said about the address first: each question is charged."),
    ),
    Verdict.TOO_OFTEN: State(
        _("The provider was not asked"),
        "info",
        "information-circle",
        _("You asked many times. Each is charged; wait a minute."),
    ),
}


def packed(address: Address | None) -> str:
    """An offered address as the text of a hidden field; its name stays behind."""
    if address is None:
        return ""
    parts = {part: text for part, text in asdict(address).items() if text}
    parts.pop(Field.NAME, None)
    return json.dumps(parts)


def unpacked(text: str, *, name: str) -> Address | None:
    """What was offered; None for any other text, and for what is in doubt by itself."""
    if not text or len(text) > _MOST_LETTERS:
        return None
    try:
        parts = json.loads(text)
        offered = Address(**{**parts, "name": name})
        is_text = all(isinstance(offered[part], str) for part in Field)
    except (ValueError, TypeError, RecursionError):
        return None
    judged = judge(offered) if is_text else None
    if judged is None or judged.outcome is not Outcome.CONFIRMED:
        return None
    return judged.address


def verdict_of(text: str) -> State | None:
    """How it is shown; None for any other text."""
    return VERDICTS[Verdict(text)] if text in set(Verdict) else None
