"""The one object every part of the running sandbox shares."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping

from portal.provider.sandbox import catalogue, knobs
from portal.provider.sandbox.faults import Faults
from portal.provider.sandbox.knobs import Knobs
from portal.provider.sandbox.storage import Storage

_REMEMBERED_REQUESTS = 5000


class Provider:
    """Settings, orders, tokens and what was asked lately."""

    def __init__(self, settings: Knobs, storage: Storage) -> None:
        self.first_knobs = settings
        self.knobs = settings
        self.storage = storage
        self.base_url = ""  # where links lead; the server knows it
        self.faults = Faults(settings)
        self.products = catalogue.products(settings.products)
        self.tokens = Tokens()
        self.requests: deque[dict[str, object]] = deque(maxlen=_REMEMBERED_REQUESTS)
        self._lock = threading.Lock()

    def change(self, changes: Mapping[str, object]) -> None:
        """Raises knobs.BadKnob, with nothing changed."""
        with self._lock:
            self.knobs = knobs.changed(self.knobs, changes)
            self.products = catalogue.products(self.knobs.products)
            if "seed" in changes:
                self.faults.seed(self.knobs)
            if "next" in changes:
                self.faults.plan(self.knobs)

    def reset(self) -> None:
        """As on the day it was started, without orders."""
        with self._lock:
            self.storage.clear()
            self.knobs = self.first_knobs
            self.products = catalogue.products(self.knobs.products)
            self.faults.seed(self.knobs)
            self.faults.plan(self.knobs)
            self.tokens.clear()
            self.requests.clear()


class Tokens:
    """Bearer tokens and when each dies; a restart forgets them all."""

    def __init__(self) -> None:
        self._dies_at: dict[str, float] = {}

    def issue(self, life: float) -> str:
        value = secrets.token_urlsafe(32)
        self._dies_at[value] = time.monotonic() + life
        return value

    def is_live(self, value: str) -> bool:
        return time.monotonic() < self._dies_at.get(value, 0.0)

    def revoke(self, value: str) -> None:
        self._dies_at.pop(value, None)

    def clear(self) -> None:
        self._dies_at.clear()
