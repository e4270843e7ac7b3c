"""Everything under /_sandbox: for tests and for the curious, never for the portal."""

import time
from collections.abc import Mapping

from portal.provider.sandbox import knobs, requested
from portal.provider.sandbox.knobs import BadKnob
from portal.provider.sandbox.messages import Reply, Request
from portal.provider.sandbox.orders import as_json
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.webhooks import Webhooks


class Control:
    """Looks into the running sandbox, and changes it."""

    def __init__(self, provider: Provider, webhooks: Webhooks) -> None:
        self._provider = provider
        self._webhooks = webhooks

    def answer(self, request: Request) -> Reply:
        match (request.method, request.path.removeprefix("/_sandbox/")):
            case ("GET", "settings"):
                return Reply(200, knobs.shown(self._provider.knobs))
            case ("GET", "orders"):
                return Reply(200, self._orders())
            case ("GET", "attempts"):
                return Reply(200, self._attempts())
            case ("GET", "requests"):
                return Reply(200, list(self._provider.requests))
            case ("POST", action):
                return self._act(action, request)
        return Reply(404)

    def _act(self, action: str, request: Request) -> Reply:
        try:
            body = requested.parse(request.body or b"{}")
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return Reply(400, {"error": "The body must be a JSON object."})
        match action:
            case "settings":
                try:
                    self._provider.change(body)
                except BadKnob as error:
                    return Reply(400, {"error": str(error)})
            case "reset":
                self._provider.reset()
            case "release":
                self._provider.storage.release(time.time())
            case "cancel-line":
                if not self._cancel(body):
                    return Reply(404)
            case _:
                return Reply(404)
        self._webhooks.plan_again()
        return Reply(200, knobs.shown(self._provider.knobs))

    def _cancel(self, body: Mapping[str, object]) -> bool:
        """`{"order": id, "line": 0}`: the provider's people cancel one line."""
        order = self._provider.storage.get(str(body.get("order")))
        index = body.get("line", 0)
        if order is None or index not in range(len(order.line_cents)):
            return False
        self._provider.storage.cancel_line(order, int(str(index)))
        return True

    def _orders(self) -> list[dict[str, object]]:
        """Every accepted order, oldest first: as the API shows it, and its record."""
        now = time.time()
        return [
            {
                **as_json(order, now, self._provider),
                "body": order.body,
                "acceptedAt": order.accepted_at,
                "costCents": order.cost_cents,
                "webhook": {"state": order.hook, "tries": order.hook_tries},
            }
            for order in reversed(self._provider.storage.newest())
        ]

    def _attempts(self) -> dict[str, dict[str, object]]:
        """By PONumber: what each POST got, and how many different bodies it carried."""
        outcomes: dict[str, list[str]] = {}
        bodies: dict[str, set[str]] = {}
        for po_number, body, outcome in self._provider.storage.attempts():
            outcomes.setdefault(po_number, []).append(outcome)
            bodies.setdefault(po_number, set()).add(body)
        return {
            po_number: {"outcomes": words, "bodies": len(bodies[po_number])}
            for po_number, words in outcomes.items()
        }
