import json
from decimal import Decimal

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from portal.provider import reading, wire
from portal.provider.errors import Malformed
from portal.provider.sandbox import catalogue
from portal.provider.types import FieldError

ORDER = {
    "Id": "o-1",
    "PONumber": "A-1",
    "Type": "Links",
    "Status": "Completed",
    "LineItems": [
        {
            "Id": "l-1",
            "Status": "Sent",
            "ExternalId": "e-1",
            "ProductId": "CVS",
            "Value": Decimal("10.10"),
            "Quantity": 1,
            "Cost": Decimal("9.80"),
            "DigitalDeliveryAddress": {
                "Email": "rae@example.com",
                "Sms": "+12025550123",
            },
            "ClaimData": [
                {
                    "Id": "c-1",
                    "ClaimLink": "https://claims.example.com/c/1",
                    "ClaimLinkChallengeAnswer": "SECRET",
                }
            ],
        }
    ],
}
REFUSAL = {"Errors": [{"Property": "LineItems[0].Value", "Errors": ["Too little."]}]}
CONFLICT = {"PONumber": "A", "PreviousOrderIds": ["o-1", "o-2", "o-1"]}


def recased(value: object, draw: st.DrawFn) -> object:
    """The same JSON with every letter of every name in a casing of its own."""
    if isinstance(value, dict):
        return {
            "".join(
                letter.upper() if draw(st.booleans()) else letter.lower()
                for letter in name
            ): recased(item, draw)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [recased(item, draw) for item in value]
    return value


@st.composite
def in_any_casing(draw: st.DrawFn, value: object) -> bytes:
    return simplejson.dumps(recased(value, draw), use_decimal=True).encode()


def fields(data: bytes) -> wire.Fields:
    return wire.Fields(wire.loads(data))


@given(in_any_casing(ORDER))
def test_an_order_reads_the_same_in_any_casing(data):
    order = reading.order(fields(data))

    line = order.lines[0]
    assert (order.id, order.po_number, order.type) == ("o-1", "A-1", "Links")
    assert (order.status, line.status) == ("Completed", "Sent")
    assert (line.id, line.external_id, line.product_id) == ("l-1", "e-1", "CVS")
    assert (line.value, line.quantity) == (Decimal("10.10"), 1)
    assert line.cost == Decimal("9.80")
    assert (line.email, line.sms) == ("rae@example.com", "+12025550123")
    assert line.claims[0].link == "https://claims.example.com/c/1"
    assert line.claims[0].challenge_answer == "SECRET"


@given(in_any_casing(catalogue.products({})["GRAND-MERIDIAN-HOTELS"]))
def test_a_product_reads_the_same_in_any_casing(data):
    product = reading.product(fields(data))

    assert product.id == "GRAND-MERIDIAN-HOTELS"
    assert product.denominations == (Decimal(100), Decimal(250), Decimal(500))
    assert product.delivery_types == ("PhysicalShipment",)
    assert (product.fee, product.discount_percent) == (Decimal("3.95"), Decimal(0))
    assert product.fulfillment_group == "CARDS"
    assert product.has_required_card_carriers
    assert product.culture_codes == ("en-US", "es-US")
    assert product.faceplates[0].name == "Default"


@pytest.mark.parametrize(
    "data",
    [
        b'{"id": "A", "description": "Plain"}',
        b'{"CarrierId": "A", "Name": "Plain"}',
    ],
)
def test_a_card_carrier_is_read_by_either_name(data):
    carrier = reading.card_carrier(fields(data))

    assert (carrier.id, carrier.description) == ("A", "Plain")


@given(in_any_casing(REFUSAL), in_any_casing(CONFLICT))
def test_refusals_read_the_same_in_any_casing(refusal, conflict):
    assert reading.field_errors(refusal) == (
        FieldError(path="LineItems[0].Value", messages=("Too little.",)),
    )
    assert reading.order_ids(conflict) == ("o-1", "o-2")


@given(st.decimals(0, 10**9, places=2))
def test_amounts_come_from_their_text(amount):
    read = fields(b'{"Value": %s}' % str(amount).encode()).amount("value")

    assert read == amount


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"\xff\xfe\x00",
        b'{"Id": NaN}',
        b"[" * 100_000,
        b'{"Value": 1e999999999999999999999}',
    ],
)
def test_what_is_not_json_is_malformed(data):
    with pytest.raises(Malformed) as caught:
        wire.loads(data)

    assert caught.value.__context__ is None, "the parser's error carries the document"


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"Id": ""}',
        b'{"Id": true}',
        b'{"Id": 1.5}',
        b'{"Id": "a", "ID": "b"}',
        b'{"Id": "a", "LineItems": {}}',
        b'{"Id": "a", "LineItems": [1]}',
        b'{"Id": "a", "LineItems": [{"Id": "b", "Value": "ten"}]}',
        b'{"Id": "a", "LineItems": [{"Id": "b", "Value": true}]}',
        b'{"Id": "a", "LineItems": [{"Id": "b", "Value": 1e99999999}]}',
        b'{"Id": "a", "LineItems": [{"Id": "b", "Quantity": 1.5}]}',
    ],
)
def test_an_order_that_cannot_be_read_is_malformed(data):
    with pytest.raises(Malformed):
        reading.order(fields(data))


def test_ids_may_be_numbers_and_amounts_may_be_text():
    order = reading.order(
        fields(b'{"Id": 17, "LineItems": [{"Id": 1, "Cost": "9.80"}]}')
    )

    assert (order.id, order.lines[0].cost) == ("17", Decimal("9.80"))


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"Id": "a"}, ("a",)),
        ({"OrderId": "a"}, ("a",)),
        ({"orderId": 7}, ("7",)),
        ({"previousOrderIds": ["a", "b"]}, ("a", "b")),
        ({"previousOrderIds": "a"}, ("a",)),
        ({"previousOrderIds": []}, ()),
        ({"previousOrderIds": None}, ()),
        ({"poNumber": "A"}, ()),
        ("a", ()),
    ],
)
def test_a_conflict_may_name_its_orders_in_several_ways(body, ids):
    assert reading.order_ids(json.dumps(body).encode()) == ids


def test_refusals_may_be_keyed_by_path():
    body = b'{"errors": {"LineItems[0].Value": ["Too little."]}}'

    assert reading.field_errors(body)[0].path == "LineItems[0].Value"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"errors": [7]}'])
def test_reasons_that_cannot_be_read_are_no_reasons(body):
    assert reading.field_errors(body) == ()
    assert reading.order_ids(body) == ()
    assert reading.balances(body) == (None, None)


@pytest.mark.parametrize("value", ["a\\r\\nX: y", "\\u00e9", ""])
def test_a_token_that_cannot_be_sent_is_malformed(value):
    with pytest.raises(Malformed):
        reading.token(fields(b'{"Value": "%s"}' % value.encode()))


def test_nothing_personal_or_worth_money_is_in_a_repr():
    order = reading.order(fields(simplejson.dumps(ORDER).encode()))
    token = reading.token(fields(b'{"Value": "bearer", "ExpiresIn": 1}'))

    shown = f"{order!r} {order.lines[0]!r} {order.lines[0].claims!r} {token!r}"

    for secret in ("rae@", "+1202", "claims.example.com", "SECRET", "bearer"):
        assert secret not in shown
