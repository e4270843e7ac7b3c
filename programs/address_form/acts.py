"""What the buttons within the part do, and which of two versions is kept."""

from collections.abc import Mapping
from enum import StrEnum

from programs.address_form import asking


class Act(StrEnum):
    """What the buttons within the part do; they save nothing."""

    FILL = "fill"
    COUNTRY = "country"
    CHECK = "check"
    # Asks the provider, which costs money: for views, by `verifying`.
    VERIFY = "verify"


class Choice(StrEnum):
    SUGGESTION = "suggestion"
    MINE = "mine"


def pressed(typed: Mapping[str, str], *, verifies: bool) -> Act | None:
    """The button that was pressed; whoever only pasted has the fields filled first.

    None where some of it is too long to be looked at: its field says so.
    """
    if asking.is_too_long(typed):
        return None
    if typed["act"] in set(Act):
        act = Act(typed["act"])
        # For whoever may not ask, that button looks and saves nothing.
        return Act.CHECK if act is Act.VERIFY and not verifies else act
    is_empty = not any(typed[part] for part in asking.OWN)
    return Act.FILL if is_empty and typed["paste"] else None
