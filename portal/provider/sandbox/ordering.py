"""POST /v1/Orders: faults, validation, the PONumber's uniqueness, the balance."""

import time
import uuid
from collections.abc import Collection
from decimal import Decimal

from portal.provider.sandbox import claims, orders, requested, validation
from portal.provider.sandbox.knobs import Fault
from portal.provider.sandbox.messages import CUT, Reply, Request
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.storage import Stored, Taken, TooPoor
from portal.provider.sandbox.webhooks import Webhooks


def create(
    provider: Provider,
    webhooks: Webhooks,
    request: Request,
    faults: Collection[Fault],
) -> Reply:
    """Answer one POST, and note it as an attempt where its PONumber can be read."""
    body = request.body.decode(errors="replace")
    try:
        parsed = requested.parse(request.body)
    except (ValueError, RecursionError):
        return _invalid([{"Property": "", "Errors": ["The body is not JSON."]}])
    reply = _spoiled(provider, faults)
    if reply is None:
        reply = _accept(provider, webhooks, parsed, body, faults)
    po_number = parsed.get("PONumber") if isinstance(parsed, dict) else None
    if isinstance(po_number, str):
        outcome = "cut" if reply.is_cut else str(reply.status)
        provider.storage.note_attempt(po_number, body, outcome)
    return reply


def _spoiled(provider: Provider, faults: Collection[Fault]) -> Reply | None:
    """The answer of a fault that keeps the order from being accepted."""
    if Fault.ERROR in faults:
        return Reply(500)
    if Fault.TOO_MANY in faults:
        return Reply(429, headers={"Retry-After": str(provider.knobs.retry_after)})
    if Fault.INSUFFICIENT in faults:
        return _too_poor(Decimal(0), Decimal(1))
    if Fault.CONFLICT in faults:
        return _taken(provider, "", "")
    return None


def _accept(
    provider: Provider,
    webhooks: Webhooks,
    parsed: object,
    body: str,
    faults: Collection[Fault],
) -> Reply:
    knobs, products = provider.knobs, provider.products
    if problems := validation.problems_of(parsed, products, strict=knobs.strict):
        return _invalid(problems)
    order = _priced(provider, body, faults)
    balance = int(knobs.balance * 100)
    try:
        provider.storage.add(order, claims.links_of(order), balance_cents=balance)
    except Taken:
        first = provider.storage.find(order.po_number)
        return _taken(provider, order.po_number, first.id if first else "")
    except TooPoor:
        available = balance - provider.storage.spent_cents()
        return _too_poor(Decimal(available) / 100, Decimal(order.cost_cents) / 100)
    webhooks.begin(order, faults)
    if Fault.CUT_AFTER in faults:
        return CUT
    if Fault.TIMEOUT_AFTER in faults:
        return Reply(504)
    if Fault.GARBAGE_AFTER in faults:
        return Reply(201, b'{"Id": "' + order.id[:8].encode())
    return Reply(201, orders.as_json(order, time.time(), provider))


def _priced(provider: Provider, body: str, faults: Collection[Fault]) -> Stored:
    request = requested.read(body)
    charged = [
        (
            orders.line_cents(line, provider.products[line.product_id]),
            orders.shipping_cents(line),
        )
        for line in request.lines
    ]
    is_named = provider.knobs.shipping_in_cost
    now = time.time()
    return Stored(
        id=str(uuid.uuid4()),
        po_number=request.po_number,
        body=body,
        accepted_at=now,
        started_at=now,
        cost_cents=sum(card + post for card, post in charged),
        line_cents=tuple(card + post * is_named for card, post in charged),
        is_held=Fault.PENDING in faults,
        hook=_hook(request.webhook_url, faults),
    )


def _hook(url: str, faults: Collection[Fault]) -> str:
    if not url:
        return "none"
    return "lost" if Fault.WEBHOOK_LOST in faults else "waiting"


def _invalid(problems: list[dict[str, object]]) -> Reply:
    return Reply(400, {"Errors": problems})


def _too_poor(available: Decimal, cost: Decimal) -> Reply:
    return Reply(422, {"AvailableBalance": available, "OrderCost": cost})


def _taken(provider: Provider, po_number: str, order_id: str) -> Reply:
    ids = list(provider.knobs.conflict_ids) or ([order_id] if order_id else [])
    if provider.knobs.conflict_shape == "none" or not ids:
        return Reply(409)
    if provider.knobs.conflict_shape == "one":
        return Reply(409, {"Id": ids[0]})
    return Reply(409, {"PONumber": po_number, "PreviousOrderIds": ids})
