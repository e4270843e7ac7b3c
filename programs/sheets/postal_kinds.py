"""The kinds of problems rows by post can have: their addresses and their parcels."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from programs.addresses.problems import MESSAGES
from programs.addresses.problems import Kind as Of
from programs.sheets import kinds
from programs.sheets.kinds import Kind, Repair
from programs.sheets.postal import NO_ADDRESS

_LEAVE_OUT: Final = ngettext_lazy("Leave out %(count)d", "Leave out %(count)d", "count")
_CHEAPEST: Final = ngettext_lazy(
    "Use the cheapest for %(count)d", "Use the cheapest for %(count)d", "count"
)
_NO_DAY: Final = ngettext_lazy(
    "Post %(count)d without a day", "Post %(count)d without a day", "count"
)

_WHOLE: Final = {
    NO_ADDRESS: Kind(
        label=_("Rows by post without an address"),
        message=_("Enter the address, or ask the person for it by e-mail."),
        accept_label=ngettext_lazy(
            "Ask %(count)d person for their address",
            "Ask %(count)d people for their address",
            "count",
        ),
    ),
    "address_nobody": Kind(
        label=_("Rows by post without an address, and nobody to ask"),
        message=_("Enter the address, or an e-mail address to ask for it."),
        repair=Repair.LEAVE_OUT,
        repair_label=_LEAVE_OUT,
    ),
    "address_suggested": Kind(
        label=_("Addresses that have one likely correction"),
        message=_("This is probably meant: %(address)s."),
        repair=Repair.SUGGESTION,
        repair_label=ngettext_lazy(
            "Use %(count)d suggested address",
            "Use %(count)d suggested addresses",
            "count",
        ),
    ),
    "address_unread": Kind(
        label=_("Parts of addresses that found no place"),
        message=_(
            "“%(typed)s” found no place in the address. Put it into a field of its "
            "own, or take it out."
        ),
        accept_label=ngettext_lazy(
            "Post it without that", "Post %(count)d without that", "count"
        ),
    ),
}

# What the message of an address form says, except where it speaks of that form.
_PARTS: Final = {
    str(of): Kind(label=label, message=message)
    for of, label, message in (
        (Of.MISSING, _("Parts of addresses that are missing"), MESSAGES[Of.MISSING]),
        (
            Of.WANTED,
            _("Parts of addresses that only the provider needs"),
            MESSAGES[Of.WANTED],
        ),
        (
            Of.UNUSED,
            _("Parts that addresses there do not have, and the provider needs"),
            MESSAGES[Of.UNUSED],
        ),
        (
            Of.COUNTRY,
            _("Countries that are not known"),
            _("“%(typed)s” is no country we know. Write its name or its code."),
        ),
        (
            Of.TERRITORY,
            _("Territories that the post takes for a state"),
            _(
                "The post treats %(country)s as a state. Write US as the country and "
                "%(state)s as the state."
            ),
        ),
        (
            Of.STATE,
            _("States that do not belong to their country"),
            _("“%(typed)s” does not belong to %(country)s. Correct one of the two."),
        ),
        (
            Of.STATE_CODE,
            _("States that the provider does not take"),
            MESSAGES[Of.STATE_CODE],
        ),
        (
            Of.STATE_LETTERS,
            _("States in countries that have none"),
            MESSAGES[Of.STATE_LETTERS],
        ),
        (
            Of.POSTCODE,
            _("Postcodes that cannot be right"),
            MESSAGES[Of.POSTCODE],
        ),
        (
            Of.CONTRADICTION,
            _("Postcodes of another state"),
            MESSAGES[Of.CONTRADICTION],
        ),
        (Of.UNIT, _("Apartments without their number"), MESSAGES[Of.UNIT]),
        (Of.NUMBER, _("Streets without a house number"), MESSAGES[Of.NUMBER]),
        (Of.LONG, _("Parts of addresses that are too long"), MESSAGES[Of.LONG]),
        (
            Of.CONTROL,
            _("Characters that cannot be printed"),
            MESSAGES[Of.CONTROL],
        ),
        (
            Of.PICTURE,
            _("Pictures that no label can show"),
            MESSAGES[Of.PICTURE],
        ),
        (Of.BOX, _("Post office boxes"), MESSAGES[Of.BOX]),
        (Of.SCRIPT, _("Addresses not in Latin letters"), MESSAGES[Of.SCRIPT]),
    )
}

_PARCEL: Final = {
    "method_none": Kind(
        label=_("No shipping method is on offer"),
        message=_("The provider offers no shipping method now. Refresh the catalogue."),
    ),
    "method_unknown": Kind(
        label=_("Shipping methods that are not offered"),
        message=_("“%(typed)s” is no shipping method. There are: %(names)s."),
        repair=Repair.CLEAR,
        repair_label=_CHEAPEST,
    ),
    "method_ambiguous": Kind(
        label=_("Names that several shipping methods have"),
        message=_(
            "Several shipping methods are called “%(typed)s”. Write one of their ids: "
            "%(ids)s."
        ),
        repair=Repair.CLEAR,
        repair_label=_CHEAPEST,
    ),
    "method_retired": Kind(
        label=_("Shipping methods that are no longer offered"),
        message=_("%(typed)s is no longer offered. Choose another shipping method."),
        repair=Repair.CLEAR,
        repair_label=_CHEAPEST,
    ),
    "carrier_missing": Kind(
        label=_("Products that need a card carrier"),
        message=_("%(product)s needs a card carrier. Write one of these: %(names)s."),
    ),
    "carrier_none": Kind(
        label=_("Products that need a card carrier nobody knows"),
        message=_(
            "%(product)s needs a card carrier, and none is known here. Ask an "
            "administrator to name those of your account, or choose another product."
        ),
    ),
    "carrier_unknown": Kind(
        label=_("Card carriers that are not offered"),
        message=_("“%(typed)s” is no card carrier that is offered."),
        repair=Repair.CLEAR,
        repair_label=ngettext_lazy(
            "Post %(count)d without it", "Post %(count)d without it", "count"
        ),
    ),
    "needed_by": Kind(
        label=_("Needed-by days that are no day"),
        message=_("“%(typed)s” is no day. Write it as 2026-12-24."),
        repair=Repair.CLEAR,
        repair_label=_NO_DAY,
    ),
    "needed_past": Kind(
        label=_("Needed-by days in the past"),
        message=_("This day has passed. Enter a later one, or none."),
        repair=Repair.CLEAR,
        repair_label=_NO_DAY,
    ),
    "needed_late": Kind(
        label=_("Cards that may arrive too late"),
        message=_("%(method)s is not known to arrive by this day."),
    ),
    "deliver_by_post": Kind(
        label=_("Delivery dates of cards in the post"),
        message=_(
            "Cards go into the post at once, so this day is not used. “Needed by” says "
            "when one has to be there."
        ),
    ),
}


def register() -> None:
    """Make them known."""
    for known in (_WHOLE, _PARTS, _PARCEL):
        kinds.register(known)
