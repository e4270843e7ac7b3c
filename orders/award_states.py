"""The status words of what other systems trigger: rules, events and awards.

An award is what an event earned one person. It becomes a reward once it is ordered.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from orders.states import State, Tone


class RuleStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class VersionStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class EventStatus(StrEnum):
    RECEIVED = "received"
    MATCHED = "matched"
    UNMATCHED = "unmatched"
    REVERSAL = "reversal"
    REFUSED = "refused"


class AwardStatus(StrEnum):
    WAITING = "waiting"
    HELD = "held"
    COLLECTING = "collecting"
    READY = "ready"
    ORDERED = "ordered"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    BLOCKED = "blocked"
    TESTED = "tested"


_R, _V, _E, _A = RuleStatus, VersionStatus, EventStatus, AwardStatus

AWARD_TRANSITIONS: Final[Mapping[AwardStatus, frozenset[AwardStatus]]] = {
    # Verified for some days: then it goes on, unless the event was reversed.
    _A.WAITING: frozenset({_A.READY, _A.COLLECTING, _A.REFUSED, _A.CANCELLED}),
    # A person releases or blocks it.
    _A.HELD: frozenset(
        {_A.WAITING, _A.READY, _A.COLLECTING, _A.BLOCKED, _A.CANCELLED, _A.REFUSED}
    ),
    _A.COLLECTING: frozenset({_A.ORDERED, _A.REFUSED, _A.CANCELLED}),
    _A.READY: frozenset({_A.ORDERED, _A.REFUSED, _A.CANCELLED}),
    # Bought, or on its way to be: what follows is the reward's business. An order that
    # could not be submitted gives its awards back.
    _A.ORDERED: frozenset({_A.REFUSED, _A.CANCELLED}),
    # The event may be replayed once the reason is gone.
    _A.REFUSED: frozenset(
        {
            _A.WAITING,
            _A.HELD,
            _A.READY,
            _A.COLLECTING,
            _A.CANCELLED,
            _A.REFUSED,
            _A.TESTED,
        }
    ),
    _A.CANCELLED: frozenset(),
    _A.BLOCKED: frozenset(),
    _A.TESTED: frozenset(),
}
# These use up nobody's cap: nothing was given, and nothing will be.
AWARD_GONE: Final = frozenset({_A.REFUSED, _A.CANCELLED, _A.BLOCKED, _A.TESTED})
# Nothing was ordered yet, so a reversal buys nothing.
AWARD_OPEN: Final = frozenset(
    {_A.WAITING, _A.HELD, _A.COLLECTING, _A.READY, _A.REFUSED}
)

RULE_STATES: Final[Mapping[RuleStatus, State]] = {
    _R.DRAFT: State(
        _("Draft"), Tone.NEUTRAL, "pencil", _("Nobody has approved it yet.")
    ),
    _R.ACTIVE: State(_("Active"), Tone.OK, "check-circle", _("Events trigger it.")),
    _R.PAUSED: State(
        _("Paused"), Tone.WARN, "pause-circle", _("Events do not trigger it for now.")
    ),
    _R.ENDED: State(_("Ended"), Tone.NEUTRAL, "no-symbol", _("It is over for good.")),
}

VERSION_STATES: Final[Mapping[VersionStatus, State]] = {
    _V.DRAFT: State(_("Draft"), Tone.NEUTRAL, "pencil", _("Not submitted yet.")),
    _V.SUBMITTED: State(
        _("Awaiting approval"), Tone.VIOLET, "clock", _("An approver has to decide.")
    ),
    _V.APPROVED: State(
        _("Approved"), Tone.OK, "check-circle", _("An approver said yes to this text.")
    ),
    _V.REJECTED: State(
        _("Rejected"), Tone.ERR, "x-circle", _("The approver said no, and why.")
    ),
}

EVENT_STATES: Final[Mapping[EventStatus, State]] = {
    _E.RECEIVED: State(
        _("Received"), Tone.NEUTRAL, "inbox", _("Stored; its rules are asked next.")
    ),
    _E.MATCHED: State(
        _("Matched"), Tone.OK, "check-circle", _("At least one rule matched it.")
    ),
    _E.UNMATCHED: State(
        _("Not matched"),
        Tone.NEUTRAL,
        "minus-circle",
        _("No rule matched; it says why."),
    ),
    _E.REVERSAL: State(
        _("Reversal"), Tone.WARN, "arrow-uturn-left", _("It takes an event back.")
    ),
    _E.REFUSED: State(
        _("Refused"), Tone.ERR, "x-circle", _("The caller was told why not.")
    ),
}

AWARD_STATES: Final[Mapping[AwardStatus, State]] = {
    _A.WAITING: State(
        _("Being verified"),
        Tone.INFO,
        "clock",
        _("Nothing is bought until the days for a reversal are over."),
    ),
    _A.HELD: State(
        _("Held"), Tone.WARN, "hand-raised", _("A person has to release or block it.")
    ),
    _A.COLLECTING: State(
        _("Collected"), Tone.INFO, "inbox-stack", _("It goes with the next order.")
    ),
    _A.READY: State(_("Ready"), Tone.INFO, "play", _("Its order is being made.")),
    _A.ORDERED: State(
        _("Ordered"), Tone.OK, "check-circle", _("There is a reward; see its order.")
    ),
    _A.REFUSED: State(
        _("Refused"), Tone.ERR, "x-circle", _("It may not be sent; it says why.")
    ),
    _A.CANCELLED: State(
        _("Cancelled"), Tone.NEUTRAL, "no-symbol", _("The event was reversed in time.")
    ),
    _A.BLOCKED: State(
        _("Blocked"), Tone.ERR, "no-symbol", _("A person decided against it.")
    ),
    _A.TESTED: State(
        _("Test"), Tone.VIOLET, "beaker", _("All was checked; nothing was bought.")
    ),
}
