"""Bearer tokens: one at a time, used for the whole of their life (provider-api: 4)."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from portal.provider.types import Token


class TokenStore(Protocol):
    """Where the current token is kept, shared by everyone who calls the provider."""

    def get(self, issue: Callable[[], Token]) -> str:
        """The current token; where there is none, one caller at a time issues it."""

    def discard(self, value: str) -> None:
        """Forget this token if it is still the current one: the provider refused it."""


class MemoryTokens:
    """A token store for one process, safe among its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: str | None = None
        self._renew_at = 0.0

    def get(self, issue: Callable[[], Token]) -> str:
        # The lock is held while issuing: the others wait for the same token.
        with self._lock:
            if self._value is None or time.monotonic() >= self._renew_at:
                asked_at = time.monotonic()
                token = issue()
                self._value = token.value
                self._renew_at = asked_at + token.usable_for
            return self._value

    def discard(self, value: str) -> None:
        # Many threads learn of one dead token; only the first may throw anything away.
        with self._lock:
            if self._value == value:
                self._value = None
