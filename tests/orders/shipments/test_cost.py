"""What a parcel is charged: whoever says the price of posting it, it counts once."""

import pytest

from orders.models import Placement
from programs.models import BudgetEntry, ShippingMethod
from tests.orders import ledger
from tests.orders.shipments import pairs, posted

# A card of $50 at the sandbox's discount of 2 %, and the standard post.
CARD, POST = 4900, 495
HELD = 5000 + POST


@pytest.fixture
def send(program, card, manu, ada, worker, sandbox, settings):
    """Order one card by post from the sandbox, and wait until it is shipped."""

    def send(*, is_named, has_shipping, order=None):
        sandbox.settings(shipping_in_cost=is_named, claimed_after=0)
        settings.PROVIDER_COST_HAS_SHIPPING = has_shipping
        order = order or posted.make_released(program, card, manu, ada)
        worker.run(seconds=3600)
        return Placement.objects.get(order=order)

    return send


def spent():
    return [entry.amount_minor for entry in BudgetEntry.objects.filter(kind="spend")]


@pytest.mark.parametrize("is_named", [True, False])
def test_the_ledger_says_what_was_charged(is_named, send, program, sandbox):
    placement = send(is_named=is_named, has_shipping=is_named)

    assert placement.cost_minor == CARD + POST
    assert spent() == [CARD + POST]
    assert placement.order.status == "completed"
    ledger.check_with_provider(program, sandbox)


@pytest.mark.parametrize(
    ("is_named", "has_shipping", "booked"),
    [
        # Told that the cost has it while it has not: what the provider said counts.
        (False, True, CARD),
        # Told that it has not while it has: no more is booked than was held.
        (True, False, HELD),
    ],
)
def test_a_wrong_setting_books_no_more_than_was_approved(
    is_named, has_shipping, booked, send, program
):
    placement = send(is_named=is_named, has_shipping=has_shipping)

    program.refresh_from_db()
    assert placement.cost_minor == booked
    assert placement.settled_at is not None
    assert (program.held_minor, program.spent_minor) == (0, booked)
    ledger.check(program)


@pytest.mark.parametrize("price", [2000, 0])
def test_posting_costs_what_was_approved_whatever_its_price_is_now(
    price, send, program, card, manu, ada, sandbox, worker
):
    order = posted.make_released(program, card, manu, ada)
    sandbox.settings(shipping_in_cost=False, next=["pending"])
    worker.run(seconds=10)
    ShippingMethod.objects.update(cost_minor=price)
    sandbox.release()

    placement = send(is_named=False, has_shipping=False, order=order)

    assert placement.cost_minor == CARD + POST
    ledger.check(program)


@pytest.mark.parametrize("is_named", [True, False])
def test_each_parcel_is_posted_for_its_own_price(
    is_named, send, program, card, manu, ada, sandbox
):
    order = pairs.release(pairs.make_pair(program, card, manu), manu, ada)

    placement = send(is_named=is_named, has_shipping=is_named, order=order)

    assert placement.held_minor == 2 * HELD
    assert placement.cost_minor == 2 * (CARD + POST)
    ledger.check_with_provider(program, sandbox)


def test_posting_what_was_cancelled_is_not_paid_for(
    program, card, manu, ada, worker, sandbox, settings
):
    settings.PROVIDER_COST_HAS_SHIPPING = False
    sandbox.settings(shipping_in_cost=False, next=["pending"])
    order = pairs.release(pairs.make_pair(program, card, manu), manu, ada)
    worker.run(seconds=10)
    [stored] = sandbox.orders()

    sandbox.cancel_line(stored["Id"], 1)
    sandbox.settings(claimed_after=0)
    sandbox.release()
    worker.run(seconds=24 * 3600)

    placement = Placement.objects.get(order=order)
    assert placement.cost_minor == CARD + POST
    shipments = [reward.shipment.status for reward in pairs.both(order)]
    assert shipments == ["shipped", "stopped"]
    program.refresh_from_db()
    assert (program.held_minor, program.spent_minor) == (0, CARD + POST)
    ledger.check(program)
