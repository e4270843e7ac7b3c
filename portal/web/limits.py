"""How often something may be asked for, counted in the cache.

allauth's limiter, which guards sign-in, is no use for a page that is only looked at: it
leaves GET out, and while many visitors wait for its lock it refuses some of them.
"""

import ipaddress
import time
from dataclasses import dataclass
from typing import Final

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

SECONDS: Final = 60
# What one household or office is given of an IPv6 network; within it they are one.
_IPV6_PREFIX: Final = 64


@dataclass(frozen=True, slots=True)
class Count:
    """Tries of this minute, this one with them, and how long it still is."""

    tries: int
    seconds_left: int


def count(action: str, key: str) -> Count:
    """Count one try.

    `key` says whose tries are counted together. It stands in the cache, so it is an
    address, an id or a digest, never a secret.
    """
    now = int(time.time())
    name = f"limit:{action}:{now // SECONDS}:{key}"
    cache.add(name, 0, timeout=2 * SECONDS)
    try:
        tries = cache.incr(name)
    except ValueError:
        # Thrown out of a full cache in between: a visitor is not to blame for that.
        tries = 1
    return Count(tries, SECONDS - now % SECONDS)


def allows(action: str, key: str, most: int) -> bool:
    """Count one try; whether it is among the first `most` of this minute."""
    return count(action, key).tries <= most


def ip_of(request: HttpRequest) -> str:
    """The address a request comes from, as sign-in sees it."""
    return str(get_adapter(request).get_client_ip(request))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; an IPv6 network as one."""
    ip = ipaddress.ip_address(ip_of(request))
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            network = ipaddress.ip_network((ip, _IPV6_PREFIX), strict=False)
            return str(network.network_address)
        ip = ip.ipv4_mapped
    return str(ip)
