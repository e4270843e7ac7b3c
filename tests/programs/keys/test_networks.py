"""Networks as people type them."""

import pytest
from django.core.exceptions import ValidationError

from programs.forms.networks import NetworksField
from programs.models import ApiKey


@pytest.mark.parametrize(
    ("typed", "networks"),
    [
        ("", ()),
        ("  \n ", ()),
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        ("10.1.2.3/8", ("10.0.0.0/8",)),
        ("198.51.100.7", ("198.51.100.7/32",)),
        ("203.0.113.0/255.255.255.0", ("203.0.113.0/24",)),
        ("203.0.113.0/24, 198.51.100.7", ("203.0.113.0/24", "198.51.100.7/32")),
        ("203.0.113.0/24\r\n203.0.113.9/24", ("203.0.113.0/24",)),
        ("2001:DB8::/32; 2001:db8::1", ("2001:db8::/32", "2001:db8::1/128")),
        ("::ffff:203.0.113.0/120", ("203.0.113.0/24",)),
    ],
)
def test_networks_are_read_as_people_write_them(typed, networks):
    assert NetworksField().clean(typed) == networks


@pytest.mark.parametrize(
    "typed", ["10.0.0", "10.0.0.300", "10.0.0.0/33", "example.com", "١.1.1.1", "1 2"]
)
def test_what_is_no_network_is_named(typed):
    with pytest.raises(ValidationError) as refusal:
        NetworksField().clean(f"203.0.113.0/24 {typed}")

    said = refusal.value.messages[0]
    assert f"“{typed.split()[0]}” is no network" in said
    assert "203.0.113.7" in said


def test_networks_are_not_endless():
    with pytest.raises(ValidationError, match="at most 50"):
        NetworksField().clean(" ".join(f"10.0.{n}.0/24" for n in range(51)))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("203.0.113.9", True),
        ("::ffff:203.0.113.9", True),
        ("203.0.114.9", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
    ],
)
def test_what_was_typed_decides_who_may_call(address, may):
    key = ApiKey(networks=list(NetworksField().clean("203.0.113.5/24 2001:db8::/32")))

    assert key.may_come_from(address) is may
    assert ApiKey(networks=[]).may_come_from(address)
