"""What the sandbox charges for posting a card, and how it lists what it was sent."""

from dataclasses import replace
from decimal import Decimal

import pytest

from portal.provider.bodies import Line, Order, encode_order
from portal.provider.types import Created, Refused
from tests.portal.provider.examples import PRINTED, links

# A $50 card at the discount of 2 %.
CARD = Decimal("49.00")


def parcels(*methods, quantity=1):
    """An order of one card by each of these methods, with ids S-1, S-2 and so on."""
    printed = PRINTED["by post"][1]
    [line] = printed.lines
    assert line.physical is not None
    lines = tuple(
        replace(
            line,
            quantity=quantity,
            external_id=f"S-{number}",
            physical=replace(line.physical, shipping_method_id=method),
        )
        for number, method in enumerate(methods, start=1)
    )
    return encode_order(replace(printed, lines=lines))


def created(client, body):
    outcome = client.create_order(body)
    assert isinstance(outcome, Created)
    return outcome.order


def charged(sandbox):
    return [order["costCents"] for order in sandbox.orders()]


@pytest.mark.parametrize(
    ("is_named", "costs"),
    [
        (True, [CARD + Decimal("4.95"), CARD + Decimal("29.90")]),
        (False, [CARD, CARD]),
    ],
)
def test_posting_is_charged_whether_or_not_the_cost_names_it(
    is_named, costs, client, sandbox
):
    sandbox.settings(shipping_in_cost=is_named)

    order = created(client, parcels("STANDARD", "OVERNIGHT"))

    assert [line.cost for line in order.lines] == costs
    assert charged(sandbox) == [2 * 4900 + 495 + 2990]


def test_several_cards_of_a_line_are_one_parcel(client, sandbox):
    order = created(client, parcels("STANDARD", quantity=3))

    assert order.lines[0].cost == 3 * CARD + Decimal("4.95")


def test_what_is_not_posted_costs_no_post(client, sandbox):
    sandbox.settings(shipping_in_cost=False)

    created(client, links("LINKS-14001", quantity=2))

    assert charged(sandbox) == [2 * 980]


def test_an_order_may_be_listed_backwards_and_in_part(client, sandbox):
    sandbox.settings(lines_reversed=True, not_echoed=["ExternalId"])

    order = created(client, parcels("STANDARD", "PRIORITY"))
    again = client.get_order(order.id)

    assert [line.id[-2:] for line in order.lines] == ["-2", "-1"]
    assert [line.external_id for line in again.lines] == ["", ""]
    assert all(line.label for line in again.lines)


def test_a_card_nobody_said_how_to_post_is_refused(client):
    line = Line(product_id="CVS", value=Decimal(50))
    body = Order(type="PhysicalShipment", po_number="P-1", lines=(line,))

    assert isinstance(client.create_order(encode_order(body)), Refused)
