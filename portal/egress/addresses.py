"""Which addresses anything may be sent to."""

import ipaddress
import socket
from typing import Final
from urllib.parse import SplitResult, urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests_hardened.ip_filter import InvalidIPAddress, filter_host

# Names that stand for this machine or its network wherever they are looked up.
_PRIVATE_NAMES: Final = ("localhost", "localdomain", "local", "internal", "home.arpa")
# No address has them; a browser would write them otherwise.
_STRANGE: Final = frozenset("\\^`{|}<>\"'")


def objection(url: str) -> str | None:
    """What is wrong with an address somebody entered, in words; None where nothing is.

    Looks no name up: what it stands for is checked whenever something is sent there.
    """
    parts = _parts(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return _("Enter a whole address, such as https://example.com/webhooks.")
    if parts.username is not None or parts.password is not None:
        return _(
            "Leave the name and password out of the address. What is sent there is "
            "signed: that tells you it is ours."
        )
    if parts.fragment:
        return _("Leave out the # and what follows: it would never be sent.")
    if settings.WEBHOOK_TO_PRIVATE:
        return None
    if parts.scheme != "https":
        return _("Enter an address that begins with https://, so that nobody listens.")
    if _is_private(parts.hostname):
        return _(
            "This address is on a private network. Enter one that can be reached from "
            "the internet, or ask whoever runs the portal to allow private addresses."
        )
    return None


def check(pinned: str) -> None:
    """Refuse what the library lets through and is nobody's public address either.

    Raises InvalidIPAddress.
    """
    ip = ipaddress.ip_address(pinned.strip("[]"))
    is_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    if not ip.is_global or ip.is_multicast or ip.is_reserved or is_local:
        raise InvalidIPAddress(ip)


def _parts(url: str) -> SplitResult | None:
    if any(not "!" <= letter <= "~" or letter in _STRANGE for letter in url):
        return None
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:
        return None


def _is_private(host: str) -> bool:
    name = host.rstrip(".").lower()
    if any(name == each or name.endswith(f".{each}") for each in _PRIVATE_NAMES):
        return True
    literal = _literal(name)
    if literal is None:
        # Without a dot it is a name of our own network alone.
        return "." not in name
    try:
        # Of an address, this looks nothing up.
        check(filter_host(literal, 443, allow_loopback=False))
    except (requests.RequestException, ValueError):
        return True
    return False


def _literal(host: str) -> str | None:
    """The address a host is by itself, also as 127.1, 0x7f000001 or 2130706433."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None
