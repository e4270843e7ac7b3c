"""One row's message or label with its stepper, for the check page and the approver."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from orders.bulk import samples
from orders.models import Order
from portal.web.http import StaffRequest
from portal.web.numbers import whole_number


def row_of(query: QueryDict) -> int:
    """The row asked for, as the file numbers it; the first where none makes sense."""
    number = whole_number(query.get("row", ""))
    return number if number is not None and 0 < number < 2**31 else 1


def context(request: StaffRequest, order: Order, *, url: str) -> dict[str, Any]:
    """What templates/orders/_message_sample.html shows; `url` is its page's."""
    sample = samples.at(order, row_of(request.GET))
    if sample is None:
        return {"sample": None}
    messages = {"email": sample.mail, "sms": sample.sms}
    found = [name for name, message in messages.items() if message]
    asked = request.GET.get("show", "")
    shown = asked if asked in found else next(iter(found), "email")
    labels = {"email": _("E-mail"), "sms": _("SMS")}
    return {
        "sample": sample,
        "format": shown,
        "formats": [
            {
                "label": labels[name],
                "url": url + _query(sample.row, name),
                "is_current": name == shown,
            }
            for name in found
        ],
        "previous_url": sample.previous and url + _query(sample.previous, shown),
        "next_url": sample.next and url + _query(sample.next, shown),
        "sample_url": url,
        "other_row": _missing(request.GET, sample),
    }


def _query(row: int, show: str) -> str:
    return f"?row={row}&show={show}"


def _missing(query: QueryDict, sample: samples.Sample) -> int | None:
    """The row that was asked for and is not in this order."""
    asked = row_of(query)
    return asked if asked not in (1, sample.row) else None
