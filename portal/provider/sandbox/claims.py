"""The claim links an order delivers.

The setting `links` spoils the last one of every order: left out (fewer), followed by
one more than asked (more), the oldest link there is once again (repeated), without an
address (no_link), without its challenge answer (no_answer), or with an address that no
browser should follow (bad_url).
"""

import hashlib

from portal.provider.sandbox import requested
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.requested import Requested
from portal.provider.sandbox.storage import Link, Stored

PATH = "/claims/"


def links_of(order: Stored) -> list[Link]:
    """Every link the order will deliver; none where it is not of type Links."""
    request = requested.read(order.body)
    if request.type != "Links":
        return []
    return [
        _link(order, index, unit)
        for index, line in enumerate(request.lines)
        for unit in range(line.quantity)
    ]


def delivered(
    order: Stored, request: Requested, index: int, provider: Provider
) -> list[dict[str, object]]:
    """The ClaimData of a line that is filled (provider-api: 5.2)."""
    units = range(request.lines[index].quantity)
    data = [_data(order, index, unit, provider) for unit in units]
    if index == len(request.lines) - 1:
        _spoil(data, order, index, provider)
    return data


def _link(order: Stored, index: int, unit: int) -> Link:
    digest = hashlib.sha256(f"{order.id}/{index}/{unit}".encode()).hexdigest()
    return Link(digest[:24], digest[24:30].upper(), order.id, index)


def _data(
    order: Stored, index: int, unit: int, provider: Provider
) -> dict[str, object]:
    link = _link(order, index, unit)
    return {
        "Id": f"{order.id}-{index + 1}-{unit + 1}",
        "ClaimLink": f"{provider.base_url}{PATH}{link.digest}",
        "ClaimLinkChallengeAnswer": link.answer,
    }


def _spoil(
    data: list[dict[str, object]], order: Stored, index: int, provider: Provider
) -> None:
    match provider.knobs.links:
        case "fewer":
            data.pop()
        case "more":
            data.append(_data(order, index, len(data), provider))
        case "repeated" if first := provider.storage.first_link():
            data[-1]["ClaimLink"] = f"{provider.base_url}{PATH}{first.digest}"
        case "no_link":
            data[-1]["ClaimLink"] = ""
        case "no_answer":
            data[-1]["ClaimLinkChallengeAnswer"] = ""
        case "bad_url":
            data[-1]["ClaimLink"] = "javascript:alert(document.cookie)"
