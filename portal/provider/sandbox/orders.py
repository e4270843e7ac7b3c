"""The life of an order: what it costs, and how it stands at a given moment.

Its status is a function of the time that passed, so nothing has to run for an order to
move on, and a restart loses nothing.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from portal.provider.sandbox import claims, requested
from portal.provider.sandbox.catalogue import SHIPPING_METHODS, Product
from portal.provider.sandbox.knobs import Knobs
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.requested import Line, Requested
from portal.provider.sandbox.storage import Stored

# What a line is called once filled, and once its recipient has it.
_WORDS = {
    "DigitalDelivery": ("Sent", "Claimed"),
    "Links": ("Completed", "Claimed"),
    "PhysicalShipment": ("SentToFulfillment", "Shipped"),
}
_SHIPPING_COSTS = {
    str(method["Id"]): Decimal(str(method["Cost"])) for method in SHIPPING_METHODS
}
_NEVER = float("inf")


def line_cents(line: Line, product: Product) -> int:
    """quantity x (value x (1 - discount / 100) + fee), half a cent rounded up."""
    cost = product.get("Cost")
    cost = cost if isinstance(cost, dict) else {}
    fee = Decimal(str(cost.get("Fee", 0)))
    discount = Decimal(str(cost.get("DiscountPercentage", 0)))
    cents = 100 * line.quantity * (line.value * (1 - discount / 100) + fee)
    return int(cents.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def shipping_cents(line: Line) -> int:
    """The price of the shipping method, once per line; nothing for what has none."""
    return int(100 * _SHIPPING_COSTS.get(line.shipping_method_id, Decimal(0)))


def completed_at(order: Stored, knobs: Knobs) -> float:
    """When the whole order is, or will be, fulfilled (epoch seconds); or never."""
    return _completed_at(order, requested.read(order.body), knobs)


def as_json(order: Stored, now: float, provider: Provider) -> dict[str, object]:
    """The order as GET /v1/Orders/{id} shows it (provider-api: 5.2)."""
    knobs = provider.knobs
    request = requested.read(order.body)
    indexes = range(len(request.lines))
    at = datetime.fromtimestamp(order.accepted_at, UTC).replace(tzinfo=None)
    status = "Completed" if now >= _completed_at(order, request, knobs) else "Pending"
    if len(order.cancelled) == len(request.lines):
        status = "Cancelled"
    return {
        "Id": order.id,
        "PONumber": order.po_number,
        "Type": request.type,
        "Status": knobs.status_word or status,
        "Timestamp": at.isoformat(timespec="seconds"),
        "LineItems": [
            _line_json(order, request, index, now, provider)
            for index in (reversed(indexes) if knobs.lines_reversed else indexes)
        ],
        **request.echo,
    }


def _completed_at(order: Stored, request: Requested, knobs: Knobs) -> float:
    # A parcel is fulfilled when shipped; an e-mail or a link as soon as it is filled.
    last = 1 if request.type == "PhysicalShipment" else 0
    moments = [
        _moments(order, request, line, knobs)[last]
        for index, line in enumerate(request.lines)
        if index not in order.cancelled
    ]
    return max(moments, default=_NEVER)


def _line_json(
    order: Stored, request: Requested, index: int, now: float, provider: Provider
) -> dict[str, object]:
    line, knobs = request.lines[index], provider.knobs
    filled, received = _moments(order, request, line, knobs)
    words = _WORDS[request.type]
    is_received = now >= received
    if request.type == "Links" and knobs.claimed_by == "visit":
        is_received = index in order.claimed
    if index in order.cancelled:
        status = "Cancelled"
    elif now < filled:
        status = "Pending"
    else:
        status = words[1] if is_received else words[0]
    echo = {n: v for n, v in line.echo.items() if n not in knobs.not_echoed}
    has_links = request.type == "Links" and status in words
    return {
        "Id": f"{order.id}-{index + 1}",
        "Status": knobs.status_word or status,
        "Cost": Decimal(order.line_cents[index]) / 100,
        "ClaimData": claims.delivered(order, request, index, provider)
        if has_links
        else [],
        **echo,
    }


def _moments(
    order: Stored, request: Requested, line: Line, knobs: Knobs
) -> tuple[float, float]:
    """When the line is filled, and when it is received."""
    if order.is_held:
        return _NEVER, _NEVER
    start = max(order.started_at, line.deliver_at or 0.0)
    if len(request.lines) > knobs.async_threshold:
        start += max(0.0, knobs.async_after - knobs.sent_after)
    filled = start + knobs.sent_after
    return filled, max(filled, start + knobs.claimed_after)
