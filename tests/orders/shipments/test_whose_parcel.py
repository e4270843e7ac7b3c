"""Whose parcel it is: told by label and number, however the provider lists it."""

from decimal import Decimal
from typing import Any

import pytest
import simplejson

from orders import frozen, placing
from orders.models import Order
from portal.actors import WORKER
from portal.provider import connection
from portal.provider.types import Created, ProviderLine, ProviderOrder
from tests.orders import ledger
from tests.orders.shipments import pairs, posted


@pytest.fixture
def pair(program, card, manu, ada, sandbox, settings):
    """Two parcels in one request, frozen and not sent."""
    return pairs.release(pairs.make_pair(program, card, manu), manu, ada)


@pytest.fixture
def one(program, card, manu, ada, sandbox):
    """One parcel, frozen and not sent."""
    return posted.make_released(program, card, manu, ada)


def order_elsewhere(order: Order, **changes: str) -> None:
    """Somebody uses up our number with our own lines, but for these changes."""
    body: dict[str, Any] = simplejson.loads(
        frozen.body_of(order.placements.get()), use_decimal=True
    )
    line = body["LineItems"][-1]
    for name, value in changes.items():
        part = line if name == "ExternalId" else line["PhysicalDeliveryAddress"]
        part[name] = value
    made = connection.client().create_order(
        simplejson.dumps(body, use_decimal=True).encode()
    )
    assert isinstance(made, Created)


def stages(order):
    return [reward.shipment.status for reward in pairs.both(order)]


@pytest.mark.parametrize(
    "changes",
    [
        {"Name": "Sam Example"},
        {"AddressLine1": "455 5th Ave"},
        {"Zip": "10016"},
        {"ExternalId": "S-999999"},
    ],
)
def test_an_order_with_our_number_and_another_label_is_not_adopted(
    changes, program, one, worker
):
    order_elsewhere(one, **changes)

    worker.run(seconds=3600)

    placement = one.placements.get()
    one.refresh_from_db()
    program.refresh_from_db()
    assert (one.status, placement.status) == ("needs attention", "needs attention")
    assert placement.provider_order_id == ""
    assert one.rewards.get().shipment.status == "queued"
    assert (program.held, program.spent_minor) == (one.estimate, 0)
    ledger.check(program)


@pytest.mark.parametrize(
    "changes",
    [{}, {"Name": "ROSA  EXAMPLE"}, {"AddressLine1": "476 5TH AVE", "Zip": "10018 "}],
)
def test_the_same_label_in_another_spelling_is_ours(changes, program, one, worker):
    order_elsewhere(one, **changes)

    worker.run(seconds=3600)

    one.refresh_from_db()
    assert one.placements.get().provider_order_id
    assert one.rewards.get().shipment.status == "sent to fulfilment"
    ledger.check(program)


def test_one_wrong_label_of_two_keeps_both_from_being_adopted(program, pair, worker):
    order_elsewhere(pair, AddressLine1="112 S Michigan Ave")

    worker.run(seconds=3600)

    pair.refresh_from_db()
    assert pair.status == "needs attention"
    assert stages(pair) == ["queued", "queued"]
    program.refresh_from_db()
    assert program.spent_minor == 0


@pytest.mark.parametrize(
    "left_out",
    [
        pytest.param([], id="all of it echoed"),
        pytest.param(["ExternalId"], id="addresses echoed, ids not"),
        pytest.param(["PhysicalDeliveryAddress"], id="ids echoed, addresses not"),
    ],
)
@pytest.mark.parametrize("cancelled", [0, 1])
def test_each_parcel_gets_its_own_status_in_whatever_order_they_are_listed(
    cancelled, left_out, pair, sandbox, worker, program
):
    sandbox.settings(lines_reversed=True, not_echoed=left_out, next=["pending"])
    worker.run(seconds=10)
    [stored] = sandbox.orders()

    sandbox.cancel_line(stored["Id"], cancelled)
    sandbox.settings(claimed_after=0)
    sandbox.release()
    worker.run(seconds=24 * 3600)

    expected = ["shipped", "shipped"]
    expected[cancelled] = "stopped"
    assert stages(pair) == expected
    lines = [reward.provider_line_id for reward in pairs.both(pair)]
    assert lines == [f"{stored['Id']}-1", f"{stored['Id']}-2"]
    ledger.check(program)


@pytest.mark.parametrize("left_out", [[], ["ExternalId"]])
def test_a_placement_found_by_its_number_is_paired_the_same(
    left_out, pair, sandbox, worker
):
    sandbox.settings(
        lines_reversed=True, not_echoed=left_out, next=["504_after"], sent_after=0
    )

    worker.run(seconds=3600)

    first, second = pairs.both(pair)
    assert pair.placements.get().provider_order_id
    assert first.provider_line_id.endswith("-1")
    assert second.provider_line_id.endswith("-2")


def said(pair: Order, *words: str, **fields: Any) -> ProviderOrder:
    """The provider's answer with a line for each word, and nothing to tell them by."""
    return ProviderOrder(
        id="order-1",
        po_number=pair.po_number,
        type="PhysicalShipment",
        status="Pending",
        lines=tuple(
            ProviderLine(
                id=f"line-{number}",
                status=word,
                product_id="CVS",
                value=Decimal(50),
                quantity=1,
                cost=None,
                email="",
                sms="",
                claims=(),
                raw={},
                **{"external_id": "", **fields},
            )
            for number, word in enumerate(words, start=1)
        ),
        webhook_url="",
        raw={},
    )


def answer(order: Order, found: ProviderOrder) -> None:
    post = placing.begin(order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    placing.answered(post.attempt_id, Created(found), actor=WORKER)
    order.refresh_from_db()


def test_where_nothing_tells_which_parcel_was_cancelled_a_person_is_asked(pair):
    answer(pair, said(pair, "Pending", "Cancelled"))

    assert pair.status == "needs attention"
    assert stages(pair) == ["queued", "queued"]


def test_our_number_is_enough_whatever_became_of_the_address(one):
    number = one.rewards.get().shipment.number
    label = "rosa example\n476 fifth avenue\n10018-2788"

    answer(one, said(one, "SentToFulfillment", external_id=number, label=label))

    assert one.status == "placing"
    assert one.rewards.get().shipment.status == "sent to fulfilment"
