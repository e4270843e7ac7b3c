"""The status words of parcels: what each means, and which may follow which.

The provider tells of the first ones; that a parcel arrived or came back, staff record.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from orders.states import State, Tone


class ShipmentStatus(StrEnum):
    PLANNED = "planned"
    QUEUED = "queued"
    FULFILMENT = "sent to fulfilment"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    STOPPED = "stopped"


_S = ShipmentStatus

# In these a parcel is expected to arrive; past its last day it is late.
ON_THE_WAY: Final = (_S.QUEUED, _S.FULFILMENT, _S.SHIPPED)

# What staff may make of a parcel. They may also take back what they recorded: then it
# is where the provider's word puts it. Before it is ordered, and once it will not be
# posted, there is nothing to record.
_WORD: Final = frozenset({_S.QUEUED, _S.FULFILMENT, _S.SHIPPED, _S.STOPPED})
_END: Final = frozenset({_S.DELIVERED, _S.RETURNED})
STAFF_TRANSITIONS: Final[Mapping[ShipmentStatus, frozenset[ShipmentStatus]]] = {
    _S.PLANNED: frozenset(),
    _S.QUEUED: _END | {_S.SHIPPED},
    _S.FULFILMENT: _END | {_S.SHIPPED},
    _S.SHIPPED: _END | _WORD - {_S.SHIPPED},
    _S.DELIVERED: _WORD | {_S.RETURNED},
    _S.RETURNED: _WORD | {_S.DELIVERED},
    _S.STOPPED: frozenset(),
}

SHIPMENT_STATES: Final[Mapping[ShipmentStatus, State]] = {
    _S.PLANNED: State(_("Planned"), Tone.NEUTRAL, "pencil", _("Not ordered yet.")),
    _S.QUEUED: State(
        _("Queued"), Tone.NEUTRAL, "clock", _("Ordered; the provider prepares it.")
    ),
    _S.FULFILMENT: State(
        _("Sent to fulfilment"),
        Tone.INFO,
        "printer",
        _("The card is being printed and packed."),
    ),
    _S.SHIPPED: State(_("Shipped"), Tone.OK, "truck", _("The card is in the post.")),
    _S.DELIVERED: State(
        _("Delivered"), Tone.OK, "check-circle", _("It arrived, as staff recorded.")
    ),
    _S.RETURNED: State(
        _("Returned"),
        Tone.ERR,
        "arrow-uturn-left",
        _("It came back, as staff recorded. Correct the address and send another."),
    ),
    _S.STOPPED: State(
        _("Not sent"), Tone.NEUTRAL, "no-symbol", _("It will not be posted.")
    ),
}

# Beside a parcel's status, where there is something to look after.
LATE: Final = State(
    _("Late"),
    Tone.WARN,
    "exclamation-triangle",
    _("The last day it was expected on has passed."),
)
AT_RISK: Final = State(
    _("May miss its day"),
    Tone.WARN,
    "clock",
    _("It is expected after the day it is needed by."),
)
