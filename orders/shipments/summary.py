"""One card in the post as a list of questions and answers, for its order's pages."""

from django.utils.translation import gettext as _

from orders import estimates, postal
from orders.models import Order, Reward, Shipment
from orders.summary import Row
from programs import contacts, shipping
from programs.addresses.printing import label_lines
from programs.arrival import Window


def rows(
    order: Order, reward: Reward, window: Window | None, *, change_url: str = ""
) -> list[Row]:
    """What was asked for; `window` is when it is expected.

    `change_url` puts a Change link beside each answer.
    """
    parcel = reward.shipment
    answers = {
        _("Program"): order.program.name,
        _("Recipient"): reward.recipient.name if reward.recipient else "",
        _("E-mail"): reward.email,
        _("Mobile"): contacts.readable(reward.phone) if reward.phone else "",
        _("Product"): reward.product.name,
        _("Value"): f"{reward.value} × {reward.quantity}",
        _("Card carrier"): _carrier(parcel),
        _("Address"): address(parcel),
        _("Kept as typed"): override(parcel),
        _("Shipping method"): parcel.method.name,
        _("Delivery company"): parcel.method.carrier,
        _("Estimated arrival"): estimates.in_words(window),
        _("Needed by"): estimates.day_needed(parcel),
        _("To"): reward.to_name,
        _("From name"): reward.from_name,
        _("Message"): reward.message,
        _("PONumber"): order.po_number,
        _("Note to the provider"): order.note,
    }
    return [Row(key, value, change_url) for key, value in answers.items() if value]


def address(parcel: Shipment) -> str:
    """The label on one line, or that its recipient is to be asked."""
    found = postal.address_of(parcel)
    if found is None:
        return _("%(name)s (the address is missing)") % {"name": parcel.name}
    return ", ".join(label_lines(found, home=""))


def override(parcel: Shipment) -> str:
    """Who decided against the rules of its post, and why; empty where nobody did."""
    if not parcel.reason:
        return ""
    by = parcel.overridden_by
    who = by.name if by else _("Somebody who may")
    return _("%(person)s: %(reason)s") % {"person": who, "reason": parcel.reason}


def _carrier(parcel: Shipment) -> str:
    """By its name, if it still has one."""
    if not parcel.card_carrier:
        return ""
    named = {each.id: each.name for each in shipping.card_carriers()}
    return named.get(parcel.card_carrier, parcel.card_carrier)
