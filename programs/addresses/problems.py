"""What can be wrong with an address, in words: the problem and its remedy."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programs.addresses.fields import Field


class Kind(StrEnum):
    MISSING = "address_missing"
    WANTED = "address_wanted"
    UNUSED = "address_unused"
    COUNTRY = "address_country"
    TERRITORY = "address_territory"
    STATE = "address_state"
    STATE_CODE = "address_state_code"
    STATE_LETTERS = "address_state_letters"
    POSTCODE = "address_postcode"
    CONTRADICTION = "address_contradiction"
    UNIT = "address_unit"
    NUMBER = "address_number"
    LONG = "address_long"
    CONTROL = "address_control"
    PICTURE = "address_picture"
    # Worth knowing, and no problem.
    BOX = "address_box"
    SCRIPT = "address_script"


MESSAGES: Final[Mapping[Kind, Promise]] = {
    Kind.MISSING: _("%(label)s is missing. Add it: nothing can be posted without it."),
    Kind.WANTED: _(
        "The provider posts nothing without this: %(label)s. Add it, even if letters "
        "arrive without it."
    ),
    Kind.UNUSED: _(
        "%(label)s: addresses in %(country)s have none, but the provider posts nothing "
        "without it. Enter what the provider told you to put there, or send the reward "
        "by e-mail or as a link."
    ),
    Kind.COUNTRY: _("“%(typed)s” is no country we know. Choose it from the list."),
    Kind.TERRITORY: _(
        "The post treats %(country)s as a state. Choose the country United States and "
        "the state %(state)s."
    ),
    Kind.STATE: _("“%(typed)s” does not belong to %(country)s. Choose from the list."),
    Kind.STATE_CODE: _(
        "The provider takes two letters here, and %(state)s has no such code. Send the "
        "reward by e-mail or as a link instead."
    ),
    Kind.STATE_LETTERS: _(
        "Addresses in %(country)s have no state, and the provider takes exactly two "
        "letters here. Enter the two it told you to put there."
    ),
    Kind.POSTCODE: _(
        "“%(typed)s” cannot be right in %(country)s. Enter it like %(example)s."
    ),
    Kind.CONTRADICTION: _(
        "%(postcode)s is in %(right)s, not in %(state)s. Correct one of the two."
    ),
    Kind.UNIT: _(
        "There is no number after “%(word)s”. Add it, or take the word out if there "
        "is none."
    ),
    Kind.NUMBER: _("The house number is missing. Add it to the street."),
    Kind.LONG: _(
        "%(label)s has %(length)s characters, and the provider takes %(most)s. "
        "Shorten it."
    ),
    Kind.CONTROL: _(
        "%(label)s has characters that cannot be printed. Type it anew instead of "
        "pasting it."
    ),
    Kind.PICTURE: _("Take out %(characters)s: it cannot be printed on a label."),
    Kind.BOX: _("This is a post office box. Not every delivery company goes there."),
    Kind.SCRIPT: _(
        "Some of this is not in Latin letters and may not show on the label. Write it "
        "in Latin letters if you can."
    ),
}
# What only has to be added; everything else keeps an address from arriving.
INCOMPLETE: Final = frozenset({Kind.MISSING, Kind.WANTED, Kind.UNIT, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding at one field; `params` may quote what was typed.

    `is_postal`: the post would not deliver it. `is_limit`: the provider refuses it,
    so nobody can decide to send it all the same.
    """

    kind: Kind
    field: Field
    is_postal: bool = True
    is_limit: bool = False
    params: Mapping[str, str] = dataclasses.field(default_factory=dict, repr=False)

    @property
    def message(self) -> str:
        return str(MESSAGES[self.kind]) % self.params


@dataclass(frozen=True, slots=True)
class Note:
    """Worth knowing about one field; it holds nothing up."""

    kind: Kind
    field: Field

    @property
    def message(self) -> str:
        return str(MESSAGES[self.kind])
