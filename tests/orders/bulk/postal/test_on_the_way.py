"""A list's parcels on their way: placed, paused, stopped, refused, sent again."""

import json
from collections import Counter

import pytest
from django.utils import timezone

from orders import content, drafts, releasing
from orders.bulk import exporting, pausing, retrying
from orders.models import Shipment
from orders.tasks import place
from portal import crypto
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.money import Money
from programs.models import BudgetEntry, ShippingMethod
from tests.orders import ledger
from tests.orders.bulk import lists
from tests.orders.bulk.postal import rows

pytestmark = pytest.mark.django_db(transaction=True)

# What one $10 card costs with the cheapest method.
EACH = 1000 + 495


@pytest.fixture(autouse=True)
def three_lines(settings):
    settings.PLACEMENT_MOST_LINES = 3


@pytest.fixture
def act(approved, manu):
    def act(verb, **more):
        approved.refresh_from_db()
        return verb(approved, version=approved.version, actor=actor_of(manu), **more)

    return act


@pytest.fixture
def refused(approved, sandbox, worker):
    """The first placement was taken, the others were refused."""
    releasing.release(approved.pk, actor=WORKER)
    place({"placement": approved.placements.earliest("pk").pk})
    sandbox.settings(products={"CVS": None})
    worker.run(seconds=60)
    sandbox.settings(products={})
    approved.refresh_from_db()
    return approved


def posted_to(sandbox):
    """Every street the provider was asked to post to, over all its orders."""
    return Counter(
        line["PhysicalDeliveryAddress"]["AddressLine1"]
        for placed in sandbox.orders()
        for line in placed["LineItems"]
    )


def stages(order):
    return Counter(
        Shipment.objects.filter(reward__order=order).values_list("status", flat=True)
    )


def ship(order, sandbox, worker):
    """All that is at the provider is shipped, and the order over."""
    sandbox.settings(claimed_after=0)
    worker.run(seconds=24 * 3600)
    order.refresh_from_db()


def check(order, sandbox, program):
    """What was posted was posted once, and the ledger is the provider's."""
    gone = Shipment.objects.filter(reward__order=order).exclude(status="stopped")
    assert posted_to(sandbox) == Counter(gone.values_list("line1", flat=True))
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


def test_every_address_is_posted_to_exactly_once(approved, sandbox, worker, program):
    ship(approved, sandbox, worker)

    assert len(sandbox.orders()) == 3
    check(approved, sandbox, program)
    assert set(posted_to(sandbox).values()) == {1}


def test_one_line_per_recipient_named_after_its_reward(approved, sandbox):
    releasing.release(approved.pk, actor=WORKER)

    lines = [
        line
        for placement in approved.placements.order_by("pk")
        for line in json.loads(crypto.decrypt(placement.body_ciphertext))["LineItems"]
    ]
    numbers = [f"S-{pk}" for pk in approved.rewards.values_list("pk", flat=True)]
    assert sorted(line["ExternalId"] for line in lines) == sorted(numbers)
    assert {line["PhysicalDeliveryAddress"]["Name"] for line in lines} == {
        f"Person {number}" for number in range(2, 10)
    }


def test_parcels_follow_the_provider_until_they_are_shipped(approved, sandbox, worker):
    worker.run(seconds=60)
    assert set(stages(approved)) == {"sent to fulfilment"}

    ship(approved, sandbox, worker)

    assert stages(approved) == {"shipped": 8}
    assert approved.status == "completed"


def test_what_was_stopped_gives_its_money_and_rows_back(
    approved, sandbox, worker, act, program
):
    releasing.release(approved.pk, actor=WORKER)
    place({"placement": approved.placements.earliest("pk").pk})
    act(pausing.pause)

    act(pausing.stop)
    freed = BudgetEntry.objects.filter(kind="release").latest("pk")
    assert freed.amount_minor == 5 * EACH
    ship(approved, sandbox, worker)

    assert stages(approved) == {"shipped": 3, "stopped": 5}
    assert approved.status == "completed with failures"
    assert Counter(approved.sheet.rows.values_list("status", flat=True)) == {
        "taken": 3,
        "ready": 5,
    }
    check(approved, sandbox, program)


def test_what_was_refused_is_posted_again_for_the_price_with_shipping(
    refused, act, sandbox, worker, program
):
    assert stages(refused) == {"sent to fulfilment": 3, "stopped": 5}

    act(retrying.retry, shown=Money.of_minor(5 * EACH, "USD"))
    assert stages(refused) == {"sent to fulfilment": 3, "queued": 5}
    ship(refused, sandbox, worker)

    assert stages(refused) == {"shipped": 8}
    assert refused.status == "completed"
    check(refused, sandbox, program)


def test_what_was_refused_is_corrected_in_the_list_and_ordered_anew(
    refused, act, manu, manager
):
    act(retrying.give_back)

    came_back = refused.sheet.rows.filter(status="problem")
    assert came_back.count() == 5
    came_back.update(status="ready")
    refused.sheet.refresh_from_db()
    again = lists.make_order(refused.sheet, manu)
    assert again != refused
    assert again.po_number.startswith("PHYSICAL-")
    assert again.rewards.count() == 5
    again = drafts.submit(again, version=again.version, actor=manager)
    assert again.status == "submitted"


def test_a_cancelled_order_leaves_no_parcel_waiting(submitted, manager):
    drafts.cancel(submitted, version=submitted.version, actor=manager)

    assert stages(submitted) == {"stopped": 8}
    assert set(submitted.sheet.rows.values_list("status", flat=True)) == {"ready"}


def test_a_price_of_shipping_that_rose_hands_the_order_back(approved, sandbox):
    method = ShippingMethod.objects.get()
    method.cost_minor += 1
    method.save()

    releasing.release(approved.pk, actor=WORKER)

    approved.refresh_from_db()
    assert approved.status == "changes requested"
    assert "The price rose" in approved.problem
    assert sandbox.orders() == []


def raise_the_price() -> None:
    ShippingMethod.objects.update(cost_minor=5000)


def retire_the_method() -> None:
    ShippingMethod.objects.update(retired_at=timezone.now())


@pytest.mark.parametrize("change", [raise_the_price, retire_the_method])
def test_what_was_refused_goes_again_only_as_it_was_approved(
    change, approved, worker, manager, sandbox
):
    sandbox.settings(products={"CVS": None})
    worker.run(seconds=60)
    approved.refresh_from_db()
    assert stages(approved) == {"stopped": 8}
    sandbox.settings(products={})
    change()

    with pytest.raises(retrying.NotAsApproved):
        retrying.retry(approved, version=approved.version, actor=manager)

    worker.run(seconds=60)
    assert sandbox.orders() == []
    assert set(approved.rewards.values_list("status", flat=True)) == {"failed"}


@pytest.mark.parametrize("change", [raise_the_price, retire_the_method])
def test_what_a_pause_held_back_goes_only_as_it_was_approved(
    change, approved, worker, manager, sandbox, settings
):
    settings.PLACEMENT_MOST_LINES = 4
    releasing.release(approved.pk, actor=WORKER)
    approved.refresh_from_db()
    paused = pausing.pause(approved, version=approved.version, actor=manager)
    change()
    pausing.resume(paused, version=paused.version, actor=manager)

    worker.run(seconds=60)

    assert sandbox.orders() == []
    approved.refresh_from_db()
    assert approved.status == "completed with failures"
    assert approved.program.held.minor == 0


def test_the_result_tells_of_each_parcel(approved, worker, manager, sandbox):
    worker.run(seconds=60)
    parcel = Shipment.objects.get(reward__row__number=3)
    parcel.tracking_company = "Swiftline"
    parcel.tracking_number = "SW-1"
    parcel.save()

    exported = exporting.export(approved, actor=manager)

    assert exported.columns[-8:] == [
        "Parcel",
        "Parcel status",
        "Tracking company",
        "Tracking number",
        "Tracking link",
        "Shipped on",
        "Delivered on",
        "Returned on",
    ]
    lines = {row[0]: row for row in exported.rows}
    assert lines["Person 3"][-8:-4] == [
        parcel.number,
        "Sent to fulfilment",
        "Swiftline",
        "SW-1",
    ]
    assert {len(row) for row in lines.values()} == {len(exported.columns)}


def test_the_result_of_what_is_mailed_tells_of_no_parcel(mixed, manu, manager):
    digital, _postal = lists.make_orders(mixed, manu)

    exported = exporting.export(digital, actor=manager)

    assert "Parcel" not in exported.columns
    assert {len(row) for row in exported.rows} == {len(exported.columns)}


def test_the_same_content_has_the_same_hash_and_another_address_another(submitted):
    parcel = Shipment.objects.get(reward__row__number=3)
    parcel.line1 = "1 Main St"
    parcel.save()

    assert content.hash_of(content.of(submitted)) != submitted.content_hash


@pytest.mark.parametrize("how", ["alike", "apart"])
def test_two_parcels_for_the_same_person_are_two(
    program, cvs, manu, manager, how, sandbox
):
    street = "1 5th Ave" if how == "alike" else "2 5th Ave"
    found = [rows.by_post(2, street="1 5th Ave"), rows.by_post(2, street=street)]
    order = lists.make_order(rows.make_sheet(program, cvs, manu, found), manu)

    assert Shipment.objects.filter(reward__order=order).count() == 2
