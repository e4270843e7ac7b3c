"""The sandbox keeps every limit of provider-api 5.1."""

import json
from decimal import Decimal
from typing import Any

import pytest

from portal.provider.bodies import (
    Line,
    Order,
    PhysicalAddress,
    encode_order,
)
from portal.provider.types import Created, Refused
from tests.portal.provider.examples import PRINTED, digital

Json = dict[str, Any]


def printed(name: str = "one digital reward") -> Json:
    body: Json = json.loads(PRINTED[name][0])
    return body


def paths(outcome: object) -> list[str]:
    assert isinstance(outcome, Refused)
    return [error.path for error in outcome.errors]


LINE = "LineItems[0]"
EMAIL, WORDS = f"{LINE}.DigitalDeliveryAddress", f"{LINE}.Personalization"
POST = f"{LINE}.PhysicalDeliveryAddress"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Type", "Codes"),
        ("Type", None),
        ("PONumber", ""),
        ("PONumber", "A" * 101),
        ("PONumber", 7),
        ("Note", "n" * 251),
        ("LineItems", []),
        ("LineItems", None),
        (LINE, "CVS"),
        ("WebhookSettings.FulfillmentComplete", "https://example.com/" + "x" * 500),
        ("WebhookSettings.FulfillmentComplete", "/relative"),
        ("Personalization.PhotoUrl", "p" * 151),
        ("Unheard", 1),
        (f"{LINE}.Unheard", 1),
        (f"{EMAIL}.Unheard", 1),
        (f"{LINE}.ProductId", "MISSING"),
        (f"{LINE}.ProductId", None),
        (f"{LINE}.Value", 16),
        (f"{LINE}.Value", "15"),
        (f"{LINE}.Value", True),
        (f"{LINE}.Quantity", 0),
        (f"{LINE}.Quantity", 1.5),
        (f"{LINE}.Quantity", None),
        (f"{LINE}.ExternalId", "e" * 101),
        (f"{LINE}.BrandingId", "MISSING"),
        (f"{LINE}.Culture", "de-DE"),
        (EMAIL, None),
        (POST, {}),
        (f"{EMAIL}.Email", "e" * 150 + "@example.com"),
        (f"{EMAIL}.Email", "nobody"),
        (f"{EMAIL}.Sms", "1" * 21),
        (f"{WORDS}.To", ""),
        (f"{WORDS}.To", "t" * 151),
        (f"{WORDS}.FromName", None),
        (f"{WORDS}.FromName", "f" * 151),
        (f"{WORDS}.FromEmail", "f" * 151),
        (f"{WORDS}.Message", "m" * 401),
        (f"{WORDS}.DeliveryDate", "tomorrow"),
    ],
)
def test_every_limit_of_a_digital_order_is_kept(path, value, client, sandbox):
    body = printed()
    put(body, path, value)

    outcome = client.create_order(json.dumps(body).encode())

    assert path in paths(outcome)
    assert sandbox.orders() == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("ShippingMethodId", None),
        ("ShippingMethodId", "PIGEON"),
        ("CarrierId", "c" * 101),
        ("CarrierId", "NO-SUCH-FOLDER"),
        ("Name", ""),
        ("Name", "n" * 151),
        ("AddressLine1", "a" * 101),
        ("AddressLine2", "a" * 101),
        ("AddressLine3", "a" * 101),
        ("City", "c" * 101),
        ("State", "NYC"),
        ("State", "N"),
        ("Zip", "z" * 51),
        ("Country", "U1"),
        ("Country", None),
    ],
)
def test_every_limit_of_a_postal_address_is_kept(path, value, client):
    body = printed("by post")
    put(body, f"{POST}.{path}", value)

    assert paths(client.create_order(json.dumps(body).encode())) == [f"{POST}.{path}"]


def test_the_longest_that_fits_is_accepted(client):
    body = printed()
    longest = {"To": 150, "FromName": 150, "FromEmail": 150, "Message": 400}
    for name, most in longest.items():
        put(body, f"{WORDS}.{name}", "x" * most)
    put(body, "PONumber", "A" * 100)
    put(body, "Note", "n" * 250)

    assert isinstance(client.create_order(json.dumps(body).encode()), Created)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_what_is_no_order_at_all_is_refused(body, client):
    assert isinstance(client.create_order(body), Refused)


def test_unknown_fields_pass_where_the_sandbox_is_told_so(client, sandbox):
    sandbox.settings(strict=False)
    body = printed()
    put(body, "Unheard", 1)

    assert isinstance(client.create_order(json.dumps(body).encode()), Created)


@pytest.mark.parametrize(
    ("product_id", "good", "bad"),
    [
        ("ALDER-FIG-MARKET", ["5", "5.01", "250"], ["4.99", "250.01", "5.001"]),
        ("AURORA-PICTURE-HOUSE", ["10", "11", "200"], ["10.50", "9", "201"]),
        ("HARBOR-BEAN-COFFEE", ["5", "10"], ["6", "5.50"]),
    ],
)
def test_denominations_are_fixed_or_a_range(product_id, good, bad, client):
    def kind(value: str) -> str:
        body = digital(f"A-{value}", product_id=product_id, value=value)
        return type(client.create_order(body)).__name__

    assert [kind(value) for value in good] == ["Created"] * len(good)
    assert [kind(value) for value in bad] == ["Refused"] * len(bad)


def test_a_product_is_only_delivered_the_ways_it_allows(client):
    body = digital("A", product_id="ANYWHERE-CHOICE-LINK", value="10")

    assert paths(client.create_order(body)) == [f"{LINE}.ProductId"]


def test_a_product_that_needs_a_carrier_is_refused_without(client):
    address = PhysicalAddress(
        shipping_method_id="STANDARD",
        name="Rae",
        line1="1 Main Street",
        city="Springfield",
        state="IL",
        zip="62701",
        country="US",
    )
    line = Line(
        product_id="GRAND-MERIDIAN-HOTELS", value=Decimal(100), physical=address
    )
    body = encode_order(Order(type="PhysicalShipment", po_number="A", lines=(line,)))

    assert paths(client.create_order(body)) == [f"{POST}.CarrierId"]


def put(body: Any, path: str, value: object) -> None:
    *steps, last = path.replace("[0]", ".0").split(".")
    for step in steps:
        body = body[int(step)] if step.isdigit() else body.setdefault(step, {})
    body[int(last) if last.isdigit() else last] = value
