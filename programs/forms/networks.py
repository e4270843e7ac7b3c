"""Networks as people write them: lines, commas, single addresses, a host's own."""

import ipaddress
import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_MOST: Final = 50
_MOST_SHOWN: Final = 40
_IPV4_IN_IPV6: Final = 96

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NetworksField(forms.CharField):
    """Text that becomes a tuple of networks in CIDR notation, each of them once."""

    def __init__(self, **options: Any) -> None:
        attrs = {"rows": 3, "autocomplete": "off", "spellcheck": "false"}
        super().__init__(
            required=False, max_length=5000, widget=forms.Textarea(attrs), **options
        )

    def clean(self, value: object) -> tuple[str, ...]:
        """The networks. What is none is named in the message."""
        typed = [each for each in re.split(r"[\s,;]+", super().clean(value)) if each]
        networks = tuple(dict.fromkeys(str(_network(each)) for each in typed))
        if len(networks) > _MOST:
            said = _("Enter at most %(most)s networks; a wider one holds many.")
            raise ValidationError(said % {"most": _MOST}, code="many")
        return networks

    def prepare_value(self, value: object) -> object:
        """One a line."""
        return "\n".join(value) if isinstance(value, list | tuple) else value


def _network(typed: str) -> Network:
    try:
        # Somebody's own address within it stands for the network.
        network = ipaddress.ip_network(typed, strict=False)
    except ValueError:
        said = _(
            "“%(typed)s” is no network. Write an address such as 203.0.113.7, or a "
            "network such as 203.0.113.0/24."
        )
        raise ValidationError(
            said % {"typed": typed[:_MOST_SHOWN]}, code="unreadable"
        ) from None
    if isinstance(network, ipaddress.IPv6Network):
        inside = network.network_address.ipv4_mapped
        if inside is not None and network.prefixlen >= _IPV4_IN_IPV6:
            return ipaddress.ip_network((inside, network.prefixlen - _IPV4_IN_IPV6))
    return network
