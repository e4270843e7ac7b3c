"""The status words of programs, lists and keys, and what each means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.models import ApiKey, KeySecret, Program, Sheet, SheetRow

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
SHEET_STATES: Final[Mapping[str, State]] = {
    Sheet.Status.READING: State(
        Sheet.Status.READING.label, "info", "arrow-path", _("The file is being read.")
    ),
    Sheet.Status.MAPPING: State(
        Sheet.Status.MAPPING.label,
        "warn",
        "question-mark-circle",
        _("Somebody has to say which column is what."),
    ),
    Sheet.Status.CHECKING: State(
        Sheet.Status.CHECKING.label, "info", "arrow-path", _("Its rows are checked.")
    ),
    Sheet.Status.CHECKED: State(
        Sheet.Status.CHECKED.label,
        "ok",
        "check-circle",
        _("Its rows can be corrected and used."),
    ),
    Sheet.Status.FILLING: State(
        Sheet.Status.FILLING.label,
        "info",
        "arrow-path",
        _("Its ready rows are being used."),
    ),
    Sheet.Status.REFUSED: State(
        Sheet.Status.REFUSED.label,
        "err",
        "exclamation-circle",
        _("The file could not be read."),
    ),
    Sheet.Status.CANCELLED: State(
        Sheet.Status.CANCELLED.label,
        "neutral",
        "x-circle",
        _("It was given up, and its rows are gone."),
    ),
}
ROW_STATES: Final[Mapping[str, State]] = {
    SheetRow.Status.READY: State(
        SheetRow.Status.READY.label, "ok", "check-circle", _("Nothing keeps it back.")
    ),
    SheetRow.Status.PROBLEM: State(
        SheetRow.Status.PROBLEM.label,
        "err",
        "exclamation-circle",
        _("It cannot be used as it is."),
    ),
    SheetRow.Status.EXCLUDED: State(
        SheetRow.Status.EXCLUDED.label,
        "neutral",
        "minus-circle",
        _("Nothing is sent for it."),
    ),
    SheetRow.Status.TAKEN: State(
        SheetRow.Status.TAKEN.label,
        "info",
        "inbox-stack",
        _("It is in an order, or in the address book."),
    ),
}
WORKS: Final = State(_("Works"), "ok", "check-circle", _("It can be used."))
EXPIRES_SOON: Final = State(
    _("Expires soon"),
    "warn",
    "clock",
    _("It still works. Rotate it, or give it a later last day."),
)
REPLACED: Final = State(
    _("Replaced"), "info", "arrow-path", _("It works beside the new one for a while.")
)
EXPIRED: Final = State(
    _("Expired"), "neutral", "clock", _("It works no more. Rotating the key renews it.")
)
REVOKED: Final = State(
    _("Revoked"), "neutral", "no-symbol", _("It works no more, for good.")
)
# Time enough to change it wherever it is used.
_SOON: Final = timedelta(days=14)


def key_state(key: ApiKey, now: datetime) -> State:
    """Whether a key works, and for how long."""
    if key.revoked_at is not None:
        return REVOKED
    if key.expires_at is None or key.expires_at > now + _SOON:
        return WORKS
    return EXPIRES_SOON if key.expires_at > now else EXPIRED


def secret_state(secret: KeySecret, key: ApiKey, now: datetime) -> State:
    """Whether this secret of a key works."""
    if key.is_over(now) or secret.expires_at is None:
        return key_state(key, now)
    return REPLACED if secret.expires_at > now else EXPIRED
