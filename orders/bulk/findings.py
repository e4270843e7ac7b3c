"""The kinds of problems a reward in a list can have."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.sheets import kinds
from programs.sheets.kinds import Kind, Repair

_LEAVE_OUT: Final = ngettext_lazy("Leave out %(count)d", "Leave out %(count)d", "count")
_SEND: Final = ngettext_lazy(
    "Send %(count)d all the same", "Send all %(count)d all the same", "count"
)

_CARD: Final = {
    "value_missing": Kind(label=_("Rows without a value"), message=_("Enter a value.")),
    "value_unreadable": Kind(
        label=_("Values that are no amount"),
        message=_("“%(typed)s” is no amount in %(currency)s. Write it as %(example)s."),
    ),
    "value_not_sold": Kind(
        label=_("Values that are not sold"),
        message=_("%(reason)s"),
        repair=Repair.SUGGESTION,
        repair_label=ngettext_lazy(
            "Round down %(count)d", "Round down %(count)d", "count"
        ),
    ),
    "value_too_low": Kind(
        label=_("Values lower than any that is sold"), message=_("%(reason)s")
    ),
    "quantity": Kind(
        label=_("Quantities that are no count"),
        message=_("“%(typed)s” is no count. Enter a whole number, such as 1."),
    ),
    "reward_cap": Kind(
        label=_("Rewards above the program's cap"), message=_("%(reason)s")
    ),
    "recipient_cap": Kind(
        label=_("People who would get more than the program allows"),
        message=_("%(reason)s"),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
    ),
    "file_cap": Kind(
        label=_("People whose rows add up to more than the program allows"),
        message=_("%(reason)s"),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
        is_across=True,
    ),
    "repeat": Kind(
        label=_("People rewarded here lately"),
        message=_(
            "This person was rewarded in this program in the last %(days)s days."
        ),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
        accept_label=_SEND,
    ),
}

_WORDS: Final = {
    "deliver_at": Kind(
        label=_("Delivery dates that are no date"),
        message=_(
            "“%(typed)s” is no date. Write it as 2026-12-24 or 2026-12-24 09:00."
        ),
    ),
    "deliver_past": Kind(
        label=_("Delivery dates in the past"),
        message=_("This day has passed. Enter a later one, or none to send at once."),
        repair=Repair.CLEAR,
        repair_label=ngettext_lazy(
            "Send %(count)d at once", "Send %(count)d at once", "count"
        ),
    ),
    "message_long": Kind(
        label=_("Messages that are too long"),
        message=_("With its fields it has %(length)s characters; %(most)s fit."),
    ),
    "merge_unknown": Kind(
        label=_("Messages with a field that does not exist"),
        message=_("There is no field {%(name)s}. Use one such as {first name}."),
    ),
    "merge_missing": Kind(
        label=_("Messages with a field the row lacks"),
        message=_("The message uses “%(name)s”, and the row has none."),
    ),
}


def register() -> None:
    """Teach the pages of lists these kinds."""
    kinds.register(_CARD | _WORDS)
