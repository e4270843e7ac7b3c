"""A batch of links as a list of questions and answers, for its order's pages."""

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orders.batches import LinkWish
from orders.models import LinkBatch
from orders.summary import Row
from portal.money import Money


def rows(wish: LinkWish, *, change_url: str = "") -> list[Row]:
    """What was asked for; `change_url` puts a Change link beside each answer."""
    value = Money(wish.value, wish.program.currency)
    answers = {
        _("Program"): wish.program.name,
        _("Product"): wish.product.name,
        _("Value"): f"{value} × {intcomma(wish.quantity)}",
        _("Label"): wish.label,
        _("Last day"): _day(wish),
        _("What the links are"): str(LinkBatch.Way(wish.way).label),
        _("Line items"): _lines(wish),
        _("From name"): wish.from_name,
        _("Message"): wish.message,
        _("PONumber"): wish.po_number,
        _("Note to the provider"): wish.note,
    }
    return [Row(key, value, change_url) for key, value in answers.items() if value]


def _day(wish: LinkWish) -> str:
    return date_format(wish.expires_on, "j M Y") if wish.expires_on else _("None")


def _lines(wish: LinkWish) -> str:
    if wish.is_one_line:
        return _("One for all: the provider tells one status for all of them")
    return _("One for each link, with a status of its own")
