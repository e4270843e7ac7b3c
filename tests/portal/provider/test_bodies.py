import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from portal.provider.bodies import Line, Order, encode_order
from portal.provider.client import Client
from portal.provider.types import Created
from tests.portal.provider.examples import PRINTED, WORDS, digital


@pytest.mark.parametrize("name", PRINTED)
def test_printed_bodies_are_reproduced_to_the_byte(name):
    printed, order = PRINTED[name]

    assert encode_order(order) == printed.encode()


@pytest.mark.parametrize("name", PRINTED)
def test_the_sandbox_accepts_the_printed_bodies(name: str, client: Client):
    outcome = client.create_order(PRINTED[name][0].encode())

    assert isinstance(outcome, Created)


@pytest.mark.parametrize(
    ("value", "number"),
    [("15", "15"), ("15.00", "15"), ("1E+2", "100"), ("15.50", "15.5"), ("0.1", "0.1")],
)
def test_amounts_are_exact_and_whole_ones_are_integers(value, number):
    line = Line(product_id="CVS", value=Decimal(value))

    body = encode_order(Order(type="Links", po_number="A", lines=(line,)))

    assert f'"Value": {number},'.encode() in body


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_an_amount_that_is_no_number_is_refused(value):
    line = Line(product_id="CVS", value=Decimal(value))

    with pytest.raises(ValueError, match="finite"):
        encode_order(Order(type="Links", po_number="A", lines=(line,)))


def test_optional_fields_are_sent_when_filled_and_only_then():
    plain = Line(product_id="CVS", value=Decimal(10))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=-5)))
    words = replace(WORDS, from_email="team@example.com", deliver_at=at)
    full = replace(plain, external_id="E", branding_id="B", personalization=words)
    order = Order(type="DigitalDelivery", po_number="A", lines=(plain, full))
    told = replace(order, note="N", webhook_url="https://portal.example.com/h?t=1")

    bare, filled = json.loads(encode_order(order)), json.loads(encode_order(told))

    assert bare.keys() == {"Type", "PONumber", "LineItems"}
    assert bare["LineItems"][0].keys() == {"ProductId", "Value", "Quantity"}
    assert filled["Note"] == "N"
    assert filled["WebhookSettings"] == {
        "FulfillmentComplete": "https://portal.example.com/h?t=1"
    }
    line = filled["LineItems"][1]
    assert (line["ExternalId"], line["BrandingId"]) == ("E", "B")
    assert line["Personalization"]["FromEmail"] == "team@example.com"
    assert line["Personalization"]["DeliveryDate"] == "2026-03-01T14:30:00Z"


def test_a_delivery_time_without_a_zone_is_refused():
    naive = datetime(2026, 3, 1, tzinfo=UTC).replace(tzinfo=None)

    with pytest.raises(ValueError, match="zone"):
        digital("A", deliver_at=naive)


def test_equal_orders_have_equal_bytes_whatever_the_scale_of_their_amounts():
    assert digital("A", value="15") == digital("A", value="15.00")


def test_words_in_any_script_survive_the_way():
    words = replace(WORDS, message='Größe 礼物 \N{WRAPPED PRESENT} "quoted"')
    line = Line(product_id="CVS", value=Decimal(10), personalization=words)

    body = encode_order(Order(type="Links", po_number="A", lines=(line,)))

    told = json.loads(body)["LineItems"][0]["Personalization"]["Message"]
    assert told == words.message
    assert body.isascii()
