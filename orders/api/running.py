"""While the first call with an id is still running, the same call waits its turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.core.cache import cache

from orders.triggers.problems import Code, Refused
from portal import crypto
from programs.models import ApiKey

# A process that dies leaves the mark behind for no longer than this.
_MOST_SECONDS: Final = 15


@contextmanager
def alone(key: ApiKey, call_id: str) -> Iterator[None]:
    """Raise Refused while a call with this id runs in the key's program and mode.

    A courtesy of the cache: what is stored once is for the database to say.
    """
    said = f"{key.program_id}:{key.mode}:{call_id}"
    name = f"api-running:{crypto.digest(said, purpose='api-running')}"
    if not cache.add(name, 1, timeout=_MOST_SECONDS):
        raise Refused(Code.STILL_RUNNING)
    try:
        yield
    finally:
        cache.delete(name)
