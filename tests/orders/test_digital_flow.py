"""The whole of one reward, from the form to claimed, against the sandbox."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from orders.models import Order
from portal.audit import journal
from portal.outbox import dispatch
from portal.provider.sandbox.launch import Sandbox
from programs.models import Product, Program
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

# provider-api, digital delivery: the example GiftCard Partners print.
EXAMPLE = {
    "ProductId": "CVS",
    "Value": 15,
    "Quantity": 1,
    "DigitalDeliveryAddress": {"Email": "user@email.com", "Sms": "+15555555555"},
    "Personalization": {
        "To": "Recipient",
        "FromName": "Rewards Team",
        "Message": "Enjoy your reward!",
    },
}


def test_a_reward_is_sent_approved_placed_and_claimed(
    as_manu: Client,
    as_ada: Client,
    program: Program,
    cvs: Product,
    sandbox: Sandbox,
) -> None:
    response = as_manu.post("/send/digital/", filled(program, cvs), follow=True)
    assert response.status_code == 200, response.content.decode()
    order = Order.objects.get()
    as_manu.post(
        f"/orders/{order.reference}/submit/",
        {"version": order.version, "estimate": order.estimate_minor},
    )
    order.refresh_from_db()
    assert order.status == "submitted"

    approve(as_ada, order)
    order.refresh_from_db()
    assert order.status == "approved"
    dispatch.drain()
    assert sandbox.orders() == []

    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        dispatch.drain()
    (placed,) = sandbox.orders()
    body = json.loads(placed["body"])
    to = {"Email": "user@example.com", "Sms": "+12025550123"}
    assert body["LineItems"] == [EXAMPLE | {"DigitalDeliveryAddress": to}]
    assert body["Type"] == "DigitalDelivery"
    assert body["PONumber"] == order.po_number

    order.refresh_from_db()
    assert order.status in ("placing", "completed")
    assert journal.verify().first_bad is None
    assert mail.outbox


def approve(client: Client, order: Order) -> None:
    page = client.get(f"/approvals/{order.reference}/").content.decode()
    shown = re.search(r'name="content_hash" value="(\w+)"', page)
    assert shown
    client.post(
        f"/approvals/{order.reference}/",
        {"verdict": "approve", "content_hash": shown[1], "comment": ""},
    )


def filled(program: Program, product: Product) -> dict[str, str]:
    return {
        "form_key": factories.form_key(),
        "program": str(program.pk),
        "contact": "user@example.com",
        "also": "(202) 555-0123",
        "name": "Recipient",
        "product": str(product.pk),
        "value": "15",
        "quantity": "1",
        "from_name": "Rewards Team",
        "message": "Enjoy your reward!",
        "consent-source": "web form",
        "consent-given_on": factories.today().isoformat(),
    }
