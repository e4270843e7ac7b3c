"""What an order costs in the sandbox, and how it moves on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from portal.provider.bodies import (
    DigitalAddress,
    Line,
    Order,
    encode_order,
)
from tests.portal.provider.examples import PRINTED, digital, links


@pytest.mark.parametrize(
    ("product_id", "value", "quantity", "cost"),
    [
        ("CVS", "15", 1, "14.70"),
        ("CVS", "15", 3, "44.10"),
        ("ALDER-FIG-MARKET", "5.01", 1, "4.93"),  # 4.93485
        ("ALDER-FIG-MARKET", "9", 1, "8.87"),  # 8.865, half a cent up
        ("ATTIC-RECORDS", "10", 2, "19.80"),  # 2 x (9.40 + 0.50)
    ],
)
def test_a_line_costs_its_value_less_discount_plus_fee(
    product_id, value, quantity, cost, client, sandbox
):
    line = Line(
        product_id=product_id,
        value=Decimal(value),
        quantity=quantity,
        digital=DigitalAddress(email="rae@example.com"),
    )
    body = encode_order(Order(type="DigitalDelivery", po_number="A", lines=(line,)))

    outcome = client.create_order(body)

    assert outcome.order.lines[0].cost == Decimal(cost)
    assert sandbox.orders()[0]["costCents"] == int(Decimal(cost) * 100)


def test_the_balance_shrinks_by_every_order_and_is_shown_where_asked(client, sandbox):
    sandbox.settings(balance=20, account_balance=True)
    client.create_order(digital("A"))
    token = requests.post(
        f"{sandbox.base_url}/v1/Tokens",
        headers={"Email": sandbox.email, "AccessToken": sandbox.access_token},
        timeout=5,
    ).json()["Value"]

    def balance() -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{sandbox.base_url}/v1/AccountBalance"
        return requests.get(url, headers=headers, timeout=5)

    assert balance().json() == {"Pending": 0, "Available": 5.3}
    sandbox.settings(account_balance=False)
    assert balance().status_code == 404


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one digital reward", ["Pending", "Sent", "Claimed"]),
        ("links", ["Pending", "Completed", "Claimed"]),
        ("by post", ["Pending", "SentToFulfillment", "Shipped"]),
    ],
)
def test_an_order_moves_on_with_time(name, words, client, sandbox):
    sandbox.settings(sent_after=60, claimed_after=120, claimed_by="time")
    order = client.create_order(PRINTED[name][0].encode()).order

    def status() -> tuple[str, str]:
        now = client.get_order(order.id)
        return now.status, now.lines[0].status

    assert status() == ("Pending", words[0])
    sandbox.settings(sent_after=0)
    assert status() == ("Pending" if name == "by post" else "Completed", words[1])
    sandbox.settings(claimed_after=0)
    assert status() == ("Completed", words[2])


def test_links_have_no_claims_while_pending(client, sandbox):
    sandbox.settings(sent_after=60)

    order = client.create_order(links("A")).order

    assert order.lines[0].claims == ()


def test_a_scheduled_delivery_waits_for_its_date(client):
    at = datetime.now(UTC) + timedelta(hours=1)

    order = client.create_order(digital("A", deliver_at=at)).order

    assert (order.status, order.lines[0].status) == ("Pending", "Pending")


def test_a_large_order_stays_pending_for_a_while(client, sandbox):
    sandbox.settings(async_threshold=3, async_after=60)

    small = client.create_order(digital("A", lines=3)).order
    large = client.create_order(digital("B", lines=4)).order

    assert (small.status, large.status) == ("Completed", "Pending")
    sandbox.settings(async_after=0)
    assert client.get_order(large.id).status == "Completed"


def test_a_held_order_stays_pending_until_released(client, sandbox):
    sandbox.settings(next=["pending"])
    order = client.create_order(digital("A")).order

    assert order.status == "Pending"
    sandbox.release()
    assert client.get_order(order.id).status == "Completed"


def test_cancelled_lines_and_orders_say_so(client, sandbox):
    order = client.create_order(digital("A", lines=2)).order

    sandbox.cancel_line(order.id, 1)
    partly = client.get_order(order.id)
    sandbox.cancel_line(order.id, 0)
    wholly = client.get_order(order.id)

    assert [line.status for line in partly.lines] == ["Sent", "Cancelled"]
    assert (partly.status, wholly.status) == ("Completed", "Cancelled")


def test_a_status_nobody_knows_can_be_reported(client, sandbox):
    sandbox.settings(status_word="Quarantined")

    order = client.create_order(digital("A")).order

    assert (order.status, order.lines[0].status) == ("Quarantined", "Quarantined")


def test_products_can_change_and_go(client, sandbox):
    cheaper = {"Cost": {"Fee": 0, "DiscountPercentage": 50}}
    sandbox.settings(products={"CVS": cheaper, "DRIFTWOOL": None})

    products = {product.id: product for product in client.products()}

    assert products["CVS"].discount_percent == 50
    assert "DRIFTWOOL" not in products
    assert client.create_order(digital("A")).order.lines[0].cost == Decimal("7.5")
