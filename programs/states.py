"""The status words of a program, and what each means: pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.models import Program

Status = Program.Status


@dataclass(frozen=True, slots=True)
class State:
    """How a status is shown: word, tone, icon and one line of meaning."""

    label: str | Promise
    tone: str
    icon: str
    meaning: str | Promise


PROGRAM_STATES: Final[Mapping[str, State]] = {
    Status.ACTIVE: State(
        Status.ACTIVE.label,
        "ok",
        "check-circle",
        _("Rewards can be sent between its first and last day."),
    ),
    Status.PAUSED: State(
        Status.PAUSED.label,
        "warn",
        "pause-circle",
        _("Nothing new can be sent until it is resumed."),
    ),
    Status.CLOSED: State(
        Status.CLOSED.label, "neutral", "lock-closed", _("It has ended for good.")
    ),
}
OFFERED: Final = State(_("Offered"), "ok", "check-circle", _("The provider offers it."))
RETIRED: Final = State(
    _("Retired"),
    "neutral",
    "archive-box",
    _("The provider no longer offers it, so it cannot be sent."),
)
