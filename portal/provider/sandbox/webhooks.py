"""FulfillmentComplete: told when an order is complete, until somebody says 2xx.

Only to loopback addresses, unless the sandbox was started to allow others: it must not
become a way to reach into a network.
"""

import heapq
import http.client
import ipaddress
import json
import threading
import time
from collections.abc import Collection
from datetime import UTC, datetime
from urllib.parse import urlsplit

from portal.provider.sandbox import orders, requested
from portal.provider.sandbox.knobs import Fault
from portal.provider.sandbox.provider import Provider
from portal.provider.sandbox.storage import Stored

_WORKERS = 4
_TIMEOUT = 5.0
_LONGEST_BACKOFF = 60.0
_NEVER = float("inf")


class Webhooks:
    """What is still to be told and when; a few threads tell it."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._repeated: set[str] = set()
        self._due: list[tuple[float, str]] = []
        self._changed = threading.Condition()

    def start(self) -> None:
        self.plan_again()
        for _ in range(_WORKERS):
            threading.Thread(target=self._work, daemon=True).start()

    def begin(self, order: Stored, faults: Collection[Fault]) -> None:
        """Plan the webhook of a new order; tell it at once where the fault says so."""
        if order.hook != "waiting":
            return
        if Fault.WEBHOOK_REPEATED in faults:
            self._repeated.add(order.id)
        if Fault.WEBHOOK_EARLY in faults:
            self._tell(order)
        else:
            self._plan(order)

    def plan_again(self) -> None:
        """After a change of settings or orders: every waiting webhook anew."""
        waiting = self._provider.storage.awaiting_hook()
        with self._changed:
            self._due.clear()
        for order in waiting:
            self._plan(order)

    def _plan(self, order: Stored, *, not_before: float = 0.0) -> None:
        at = max(orders.completed_at(order, self._provider.knobs), not_before)
        if at < _NEVER:
            with self._changed:
                heapq.heappush(self._due, (at, order.id))
                self._changed.notify()

    def _work(self) -> None:
        while True:
            order = self._provider.storage.get(self._next())
            if order is None or order.hook != "waiting":
                continue
            if time.time() >= orders.completed_at(order, self._provider.knobs):
                self._tell(order)

    def _next(self) -> str:
        with self._changed:
            while True:
                now = time.time()
                if self._due and self._due[0][0] <= now:
                    return heapq.heappop(self._due)[1]
                self._changed.wait(self._due[0][0] - now if self._due else None)

    def _tell(self, order: Stored) -> None:
        for _ in range(3 if order.id in self._repeated else 1):
            is_heard = self._post(order)
        self._provider.storage.note_hook(order.id, "done" if is_heard else "waiting")
        if not is_heard:
            wait = self._provider.knobs.webhook_backoff * 2 ** min(order.hook_tries, 10)
            self._plan(order, not_before=time.time() + min(wait, _LONGEST_BACKOFF))

    def _post(self, order: Stored) -> bool:
        url = requested.read(order.body).webhook_url
        if not (self._provider.knobs.remote_webhooks or _is_loopback(url)):
            return False
        at = datetime.fromtimestamp(order.accepted_at, UTC)
        body = {
            "Action": "FulfillmentComplete",
            "OrderId": order.id,
            "PONumber": order.po_number,
            "Timestamp": at.strftime("%m/%d/%Y %I:%M:%S %p"),
        }
        try:
            return 200 <= _post_json(url, json.dumps(body).encode()) < 300
        except (OSError, http.client.HTTPException, ValueError):
            return False


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _post_json(url: str, body: bytes) -> int:
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()
