"""A card in the post, from its draft to the word that it was shipped."""

import json

from orders import approvals
from orders.models import Order
from portal import crypto
from portal.money import Money
from programs.models import BudgetEntry
from tests.orders.shipments import posted


def usd(amount: str) -> Money:
    return Money.of_minor(int(amount.replace(".", "")), "USD")


def test_a_card_is_posted_and_the_parcel_follows_the_provider(
    program, card, manu, approver, sandbox, worker, at_once
):
    order = posted.make_submitted(program, card, manu)
    assert (order.estimate, order.shipping) == (usd("54.95"), usd("4.95"))
    approvals.approve(order, content_hash=order.content_hash, actor=approver)

    worker.run(seconds=60)

    parcel = order.rewards.get().shipment
    assert parcel.status == "sent to fulfilment"
    assert parcel.arrives_by is not None
    assert Order.objects.get(pk=order.pk).status == "placing"

    sandbox.settings(claimed_after=0)
    worker.run(seconds=24 * 3600)

    parcel.refresh_from_db()
    assert parcel.status == "shipped"
    assert parcel.shipped_on is not None
    assert Order.objects.get(pk=order.pk).status == "completed"
    spent = BudgetEntry.objects.filter(kind="spend").get()
    assert spent.order_id == order.pk


def test_the_body_is_the_documented_one(program, card, manu, ada):
    """provider-api: the PhysicalShipment example, and fields that are optional."""
    order = posted.make_released(program, card, manu, ada, po_number="PHYSICAL-15001")

    body = json.loads(crypto.decrypt(order.placements.get().body_ciphertext))

    reward = order.rewards.get()
    (line,) = body["LineItems"]
    assert (body["Type"], body["PONumber"]) == ("PhysicalShipment", "PHYSICAL-15001")
    assert line["ExternalId"] == f"S-{reward.pk}"
    assert (line["ProductId"], line["Value"], line["Quantity"]) == ("CVS", 50, 1)
    assert line["PhysicalDeliveryAddress"] == {
        "ShippingMethodId": "STANDARD",
        "Name": "Rosa Example",
        "AddressLine1": "476 5th Ave",
        "City": "New York",
        "State": "NY",
        "Zip": "10018",
        "Country": "US",
    }
