"""One reward as a list of questions and answers, for the check page and the order."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from orders.models import Order, Reward
from programs import contacts


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    value: str
    change_url: str = ""


def rows(order: Order, reward: Reward, *, change_url: str = "") -> list[Row]:
    """What was asked for; `change_url` puts a Change link beside each answer."""
    answers = {
        _("Program"): order.program.name,
        _("Recipient"): reward.recipient.name if reward.recipient else "",
        _("E-mail"): reward.email,
        _("Mobile"): contacts.readable(reward.phone) if reward.phone else "",
        _("Product"): reward.product.name,
        _("Value"): f"{reward.value} × {reward.quantity}",
        _("To"): reward.to_name,
        _("From name"): reward.from_name,
        _("From e-mail"): reward.from_email,
        _("Message"): reward.message,
        _("Delivery"): _moment(reward),
        _("PONumber"): order.po_number,
        _("Note to the provider"): order.note,
    }
    return [Row(key, value, change_url) for key, value in answers.items() if value]


def list_rows(order: Order, reach: str) -> list[Row]:
    """What was asked for with many rewards; `reach` says by which channels."""
    answers = {
        _("Program"): order.program.name,
        _("List"): order.sheet.name if order.sheet else "",
        _("Reaches"): reach,
        _("PONumber"): order.po_number,
        _("Note to the provider"): order.note,
    }
    return [Row(key, value) for key, value in answers.items() if value]


def _moment(reward: Reward) -> str:
    if reward.deliver_at is None:
        return _("At once")
    local = localtime(reward.deliver_at)
    return f"{date_format(local, 'j M Y, H:i')} {local.tzname()}"
