"""The status words, what each means, and which may follow which: pure data.

One vocabulary for pages, exports and the journal. The provider's raw word is kept
beside ours and never shown as a status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OrderStatus(StrEnum):
    DRAFT = "draft"
    COLLECTING = "collecting addresses"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes requested"
    APPROVED = "approved"
    PLACING = "placing"
    COMPLETED = "completed"
    COMPLETED_WITH_FAILURES = "completed with failures"
    NEEDS_ATTENTION = "needs attention"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class RewardStatus(StrEnum):
    QUEUED = "queued"
    PLACED = "placed"
    SENT = "sent"
    CLAIMED = "claimed"
    SHIPPED = "shipped"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PlacementStatus(StrEnum):
    READY = "ready"
    SENDING = "sending"
    UNKNOWN = "unknown"
    PENDING = "pending"
    COMPLETED = "completed"
    REFUSED = "refused"
    NEEDS_ATTENTION = "needs attention"


class ClaimStatus(StrEnum):
    CREATED = "created"
    HANDED_OUT = "handed out"
    OPENED = "opened"
    CLAIMED = "claimed"
    VOID = "void"
    EXPIRED = "expired"
    NEEDS_ATTENTION = "needs attention"


class Tone(StrEnum):
    NEUTRAL = "neutral"
    INFO = "info"
    OK = "ok"
    WARN = "warn"
    ERR = "err"
    VIOLET = "violet"


@dataclass(frozen=True, slots=True)
class State:
    """How a status is shown: word, tone, icon and one line of meaning."""

    label: str | Promise
    tone: Tone
    icon: str
    meaning: str | Promise


_O, _R, _P, _C = OrderStatus, RewardStatus, PlacementStatus, ClaimStatus

TRANSITIONS: Final[Mapping[OrderStatus, frozenset[OrderStatus]]] = {
    _O.DRAFT: frozenset({_O.COLLECTING, _O.SUBMITTED, _O.CANCELLED}),
    # Every address is there, the time is up, or somebody stopped asking.
    _O.COLLECTING: frozenset({_O.DRAFT, _O.CANCELLED}),
    _O.SUBMITTED: frozenset(
        {_O.APPROVED, _O.CHANGES_REQUESTED, _O.REJECTED, _O.CANCELLED, _O.EXPIRED}
    ),
    _O.CHANGES_REQUESTED: frozenset(
        {_O.COLLECTING, _O.SUBMITTED, _O.CANCELLED, _O.EXPIRED}
    ),
    # Undo leads back: to the maker as a draft, to the approver as submitted.
    # What may no longer be sent as approved goes back to the maker.
    _O.APPROVED: frozenset(
        {_O.PLACING, _O.DRAFT, _O.SUBMITTED, _O.CHANGES_REQUESTED, _O.CANCELLED}
    ),
    _O.PLACING: frozenset(
        {_O.COMPLETED, _O.COMPLETED_WITH_FAILURES, _O.NEEDS_ATTENTION, _O.CANCELLED}
    ),
    _O.NEEDS_ATTENTION: frozenset(
        {_O.PLACING, _O.COMPLETED, _O.COMPLETED_WITH_FAILURES, _O.CANCELLED}
    ),
    # A provider may still cancel a line of an order it has completed.
    _O.COMPLETED: frozenset({_O.COMPLETED_WITH_FAILURES, _O.NEEDS_ATTENTION}),
    # What failed may be tried again.
    _O.COMPLETED_WITH_FAILURES: frozenset({_O.PLACING, _O.NEEDS_ATTENTION}),
    _O.REJECTED: frozenset(),
    _O.CANCELLED: frozenset(),
    _O.EXPIRED: frozenset(),
}

# While an order is in one of these, its money is held or partly spent.
HOLDING: Final = frozenset({_O.SUBMITTED, _O.APPROVED, _O.PLACING, _O.NEEDS_ATTENTION})
EDITABLE: Final = frozenset({_O.DRAFT, _O.CHANGES_REQUESTED})

# A reward only moves forward; what the provider says of the past is ignored.
REWARD_RANK: Final[Mapping[RewardStatus, int]] = {
    _R.QUEUED: 0,
    _R.PLACED: 1,
    _R.SENT: 2,
    _R.SHIPPED: 3,
    _R.CLAIMED: 3,
    _R.FAILED: 9,
    _R.CANCELLED: 9,
}
REWARD_FINAL: Final = frozenset({_R.CLAIMED, _R.SHIPPED, _R.FAILED, _R.CANCELLED})

# Of a card that is being packed.
PROVIDER_FULFILMENT: Final = "senttofulfillment"
# provider-api: Statuses. A word that is not here means "needs attention".
PROVIDER_LINE_WORDS: Final[Mapping[str, RewardStatus]] = {
    "pending": _R.PLACED,
    "completed": _R.SENT,
    "sent": _R.SENT,
    "claimed": _R.CLAIMED,
    PROVIDER_FULFILMENT: _R.PLACED,
    "shipped": _R.SHIPPED,
    "cancelled": _R.CANCELLED,
}
PROVIDER_ORDER_WORDS: Final[Mapping[str, PlacementStatus]] = {
    # An answer without a word says no more than that the order exists.
    "": _P.PENDING,
    "pending": _P.PENDING,
    "processing": _P.PENDING,
    "awaitingapproval": _P.PENDING,
    "completed": _P.COMPLETED,
    "cancelled": _P.COMPLETED,
}

ORDER_STATES: Final[Mapping[OrderStatus, State]] = {
    _O.DRAFT: State(_("Draft"), Tone.NEUTRAL, "pencil", _("Not submitted yet.")),
    _O.COLLECTING: State(
        _("Collecting addresses"),
        Tone.INFO,
        "map-pin",
        _("Recipients are asked where their cards are to go; nothing is held yet."),
    ),
    _O.SUBMITTED: State(
        _("Awaiting approval"),
        Tone.VIOLET,
        "clock",
        _("An approver has to decide; the budget is held."),
    ),
    _O.CHANGES_REQUESTED: State(
        _("Changes requested"),
        Tone.WARN,
        "pencil-square",
        _("The approver asked for changes; edit and submit it again."),
    ),
    _O.APPROVED: State(
        _("Approved, on hold"),
        Tone.INFO,
        "pause-circle",
        _("Goes to the provider when the hold ends; it can still be undone."),
    ),
    _O.PLACING: State(
        _("Sending"), Tone.INFO, "paper-airplane", _("With the provider.")
    ),
    _O.COMPLETED: State(
        _("Completed"),
        Tone.OK,
        "check-circle",
        _("Every reward was sent or delivered."),
    ),
    _O.COMPLETED_WITH_FAILURES: State(
        _("Completed with failures"),
        Tone.ERR,
        "exclamation-triangle",
        _("Some rewards were not sent; the order says which, and what was charged."),
    ),
    _O.NEEDS_ATTENTION: State(
        _("Needs attention"),
        Tone.WARN,
        "exclamation-circle",
        _("It waits for a person; the reason is on the order."),
    ),
    _O.REJECTED: State(_("Rejected"), Tone.ERR, "x-circle", _("The approver said no.")),
    _O.CANCELLED: State(
        _("Cancelled"), Tone.NEUTRAL, "no-symbol", _("Stopped before it was sent.")
    ),
    _O.EXPIRED: State(
        _("Expired"), Tone.NEUTRAL, "clock", _("Nobody decided in time.")
    ),
}

REWARD_STATES: Final[Mapping[RewardStatus, State]] = {
    _R.QUEUED: State(_("Queued"), Tone.NEUTRAL, "clock", _("Not ordered yet.")),
    _R.PLACED: State(
        _("Placed"), Tone.INFO, "paper-airplane", _("The provider has the order.")
    ),
    _R.SENT: State(
        _("Sent"), Tone.INFO, "envelope", _("The provider sent it, or made its link.")
    ),
    _R.CLAIMED: State(
        _("Claimed"), Tone.OK, "check-circle", _("The recipient opened the card.")
    ),
    _R.SHIPPED: State(_("Shipped"), Tone.OK, "truck", _("The card is in the post.")),
    _R.FAILED: State(
        _("Failed"), Tone.ERR, "x-circle", _("It was not sent and not paid for.")
    ),
    _R.CANCELLED: State(
        _("Cancelled"), Tone.NEUTRAL, "no-symbol", _("It will not be sent.")
    ),
}

PLACEMENT_STATES: Final[Mapping[PlacementStatus, State]] = {
    _P.READY: State(_("Ready"), Tone.NEUTRAL, "clock", _("Waits to be sent.")),
    _P.SENDING: State(
        _("Sending"), Tone.INFO, "paper-airplane", _("On its way to the provider.")
    ),
    _P.UNKNOWN: State(
        _("Waiting for the provider"),
        Tone.WARN,
        "arrow-path",
        _("The last attempt had no clear answer; tried again with the same number."),
    ),
    _P.PENDING: State(_("Pending"), Tone.INFO, "clock", _("The provider works on it.")),
    _P.COMPLETED: State(
        _("Completed"), Tone.OK, "check-circle", _("The provider has filled it.")
    ),
    _P.REFUSED: State(
        _("Refused"), Tone.ERR, "x-circle", _("The provider did not accept it.")
    ),
    _P.NEEDS_ATTENTION: State(
        _("Needs attention"),
        Tone.WARN,
        "exclamation-circle",
        _("It waits for a person."),
    ),
}

# In these a link can still be claimed by whoever opens it.
CLAIM_OPEN: Final = frozenset({_C.CREATED, _C.HANDED_OUT, _C.OPENED})

CLAIM_STATES: Final[Mapping[ClaimStatus, State]] = {
    _C.CREATED: State(
        _("Created"), Tone.NEUTRAL, "link", _("Bought, and not handed out yet.")
    ),
    _C.HANDED_OUT: State(
        _("Handed out"),
        Tone.INFO,
        "paper-airplane",
        _("It left the portal, and nobody has opened it."),
    ),
    _C.OPENED: State(
        _("Opened"), Tone.INFO, "eye", _("Somebody looked at it without claiming.")
    ),
    _C.CLAIMED: State(
        _("Claimed"), Tone.OK, "check-circle", _("Somebody has the card.")
    ),
    _C.VOID: State(
        _("Void"), Tone.NEUTRAL, "no-symbol", _("Stopped here; it opens nothing.")
    ),
    _C.EXPIRED: State(
        _("Expired"), Tone.NEUTRAL, "clock", _("Its last day is over; extend it.")
    ),
    _C.NEEDS_ATTENTION: State(
        _("Needs attention"),
        Tone.WARN,
        "exclamation-circle",
        _("It is not as it was ordered, so it is not handed out."),
    ),
}
