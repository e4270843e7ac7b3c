"""GET /v1/Orders: filters (provider-api: 5.5), newest order first."""

import time
from collections.abc import Callable, Mapping

from portal.provider.sandbox import orders, requested
from portal.provider.sandbox.fields import moment
from portal.provider.sandbox.messages import Reply
from portal.provider.sandbox.paging import page
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.requested import Requested
from portal.provider.sandbox.storage import Stored


def search(provider: Provider, query: Mapping[str, str]) -> Reply:
    """400 where a date cannot be read."""
    knobs, storage = provider.knobs, provider.storage
    try:
        found = None if knobs.ignore_filters else _filtered(provider, query)
    except ValueError:
        wrong = {"Property": "startDate", "Errors": ["Dates are ISO 8601."]}
        return Reply(400, {"Errors": [wrong]})

    def rows(most: int, skipped: int) -> list[dict[str, object]]:
        if found is None:
            some = storage.newest(most=most, skipped=skipped)
        else:
            some = found[skipped : skipped + most]
        now = time.time()
        return [orders.as_json(order, now, provider) for order in some]

    total = storage.count() if found is None else len(found)
    return page(query, knobs, total=total, rows=rows, default=5, most=50)


def _filtered(provider: Provider, query: Mapping[str, str]) -> list[Stored] | None:
    """The orders the filters leave; None without one. ValueError for a bad date."""
    wanted = {name: query[name] for name in _FILTERS if query.get(name)}
    if not wanted:
        return None
    for name in _DATES.intersection(wanted):
        moment(wanted[name])
    if "ponumber" in wanted:
        one = provider.storage.find(wanted["ponumber"])
        candidates = [one] if one else []
    else:
        candidates = provider.storage.newest()
    return [
        order
        for order in candidates
        if _fits(order, requested.read(order.body), wanted)
    ]


def _fits(order: Stored, request: Requested, wanted: Mapping[str, str]) -> bool:
    return all(_FILTERS[name](order, request, text) for name, text in wanted.items())


def _said(*path: str) -> Callable[[Stored, Requested, str], bool]:
    """Whether some line says this under the path, in any casing."""

    def test(order: Stored, request: Requested, wanted: str) -> bool:
        for line in request.lines:
            value: object = line.echo
            for name in path:
                value = value.get(name) if isinstance(value, dict) else None
            if isinstance(value, str) and value.casefold() == wanted.casefold():
                return True
        return False

    return test


def _is_po_number(order: Stored, request: Requested, wanted: str) -> bool:
    return order.po_number == wanted


def _is_since(order: Stored, request: Requested, wanted: str) -> bool:
    return order.accepted_at >= moment(wanted).timestamp()


def _is_until(order: Stored, request: Requested, wanted: str) -> bool:
    return order.accepted_at <= moment(wanted).timestamp()


_DATES = {"startdate", "enddate"}
_FILTERS: dict[str, Callable[[Stored, Requested, str], bool]] = {
    "ponumber": _is_po_number,
    "startdate": _is_since,
    "enddate": _is_until,
    "productid": _said("ProductId"),
    "recipientname": _said("Personalization", "To"),
    "recipientemail": _said("DigitalDeliveryAddress", "Email"),
    "recipientsms": _said("DigitalDeliveryAddress", "Sms"),
}
