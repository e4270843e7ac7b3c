"""Which faults hit which request: an explicit list first, then rates under a seed."""

import random
import threading
from collections import deque

from portal.provider.sandbox.knobs import Fault, Knobs

# Faults of what is stored or told afterwards: each may come with any other.
_AFTERMATH = (
    Fault.PENDING,
    Fault.WEBHOOK_LOST,
    Fault.WEBHOOK_EARLY,
    Fault.WEBHOOK_REPEATED,
)


class Faults:
    """Draws the same faults for the same seed and the same order of requests."""

    def __init__(self, knobs: Knobs) -> None:
        self._lock = threading.Lock()
        self.seed(knobs)
        self.plan(knobs)

    def seed(self, knobs: Knobs) -> None:
        with self._lock:
            self._random = random.Random(knobs.seed)  # noqa: S311  must be repeatable

    def plan(self, knobs: Knobs) -> None:
        with self._lock:
            self._coming = deque(knobs.next)

    def for_order(self, knobs: Knobs) -> frozenset[Fault]:
        """The faults of one POST /v1/Orders."""
        with self._lock:
            if self._coming:
                return self._coming.popleft()
            if not knobs.faults:
                return frozenset()
            drawn = {
                fault
                for fault in _AFTERMATH
                if self._random.random() < knobs.faults.get(fault, 0.0)
            }
            dice = self._random.random()
            for fault, rate in knobs.faults.items():
                if fault in _AFTERMATH:
                    continue
                dice -= rate
                if dice < 0:
                    return frozenset({*drawn, fault})
            return frozenset(drawn)

    def hits_token(self, knobs: Knobs) -> bool:
        """Whether a request other than POST /v1/Orders loses its token."""
        with self._lock:
            rate = knobs.faults.get(Fault.UNAUTHORIZED, 0.0)
            return rate > 0 and self._random.random() < rate
