"""The proof for a list by post: killed workers and lost answers, and still every
address exactly once.

The control runs the same with a new PONumber per attempt and has to fail the check.
POST_CHAOS_REWARDS makes the order as large as one likes.
"""

import logging
import os
from collections import Counter
from contextlib import suppress

import pytest

from orders import drafts, lifecycle
from orders.bulk import filling
from orders.models import Reward, Shipment
from orders.states import OrderStatus
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox.models import Message
from programs.models import Sheet
from tests import factories
from tests.orders import killing, ledger
from tests.orders.bulk.postal import rows
from tests.orders.bulk.postal.conftest import BOTH_WAYS
from tests.orders.bulk.test_chaos import CARELESS, MOST_SECONDS, is_final

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

REWARDS = int(os.environ.get("POST_CHAOS_REWARDS", "200"))
# A tenth of the order in each placement, so that 1,000 go in hundreds.
LINES = max(20, REWARDS // 10)
# Enough to show duplicates; the check is the same.
CONTROL_REWARDS = 100
# Rows of a list of both ways, half of them by post.
MIXED = 10 * REWARDS
# One card with the cheapest method, in dollars.
EACH = 15
FAULTS = {
    "504_after": 0.25,
    "cut_after": 0.25,
    "error_500": 0.05,
    "webhook_lost": 1.0,
}
KILL_EVERY = 0.5
MOST_KILLS = max(10, REWARDS // 20)


@pytest.fixture
def program(adam):
    """Rich, and without a need for approval."""
    return factories.make_program(
        "Chaos",
        funded=EACH * max(REWARDS, CONTROL_REWARDS),
        funded_by=adam,
        approval_rule="never",
        delivery_types=BOTH_WAYS,
    )


@pytest.fixture
def make_order(program, cvs, manu, sandbox, settings, monkeypatch):
    """An order that workers fill, at a provider that misbehaves."""
    settings.RELEASE_HOLD_SECONDS = 0
    settings.WEBHOOK_BASE_URL = "http://127.0.0.1:9"
    sandbox.settings(faults=FAULTS, sent_after=1, claimed_after=1, seed=7, latency=0.2)

    def make(rewards, *, lines):
        monkeypatch.setenv("PLACEMENT_MOST_LINES", str(lines))
        found = [rows.by_post(number) for number in range(2, rewards + 2)]
        sheet = rows.make_sheet(program, cvs, manu, found)
        actor = actor_of(manu)
        (order,) = filling.begin(sheet, version=sheet.version, actor=actor)
        return order

    return make


def step(order, actor):
    """What a person does meanwhile: submit it when it is filled."""
    order.refresh_from_db()
    if order.status == OrderStatus.DRAFT and not order.is_filling:
        # A worker may be quicker; the next look tells.
        with suppress(lifecycle.StaleOrder):
            drafts.submit(order, version=order.version, actor=actor)


def run(command, tmp_path, is_over, *, kills=MOST_KILLS):
    """Work under fire until it is over; how often a worker was killed."""
    with killing.workers(tmp_path / "workers.log", command=command) as at_work:
        seconds = killing.kill_until(
            is_over, at_work, every=KILL_EVERY, most=MOST_SECONDS, kills=kills
        )
    logger.info("It was over after %.0f s and %d kills", seconds, at_work.kills)
    return at_work.kills


def received(sandbox):
    """How often the provider was asked to post to each street."""
    return Counter(
        line["PhysicalDeliveryAddress"]["AddressLine1"]
        for placed in sandbox.orders()
        for line in placed["LineItems"]
    )


def assert_exactly_once(program, order, sandbox):
    """Each address once at the provider, and the ledger equal to it to the cent."""
    parcels = Shipment.objects.filter(reward__order=order)
    wanted = Counter(parcels.values_list("line1", flat=True))
    assert received(sandbox) == wanted
    assert set(wanted.values()) == {1}
    ledger.check_with_provider(program, sandbox)
    assert program.held_minor == 0
    assert all(each["bodies"] == 1 for each in sandbox.attempts().values())


def test_a_list_by_post_under_fire_reaches_every_address_exactly_once(
    program, make_order, manu, sandbox, tmp_path
):
    order, actor = make_order(REWARDS, lines=LINES), actor_of(manu)

    def is_over():
        step(order, actor)
        return is_final()

    kills = run(killing.WORKER, tmp_path, is_over)

    assert_exactly_once(program, order, sandbox)
    ledger.check_journal()
    parcels = Shipment.objects.filter(reward__order=order)
    assert Counter(parcels.values_list("status", flat=True)) == {"shipped": REWARDS}
    assert len(sandbox.orders()) == -(-REWARDS // LINES)
    assert Entry.objects.filter(action="order.filled").count() == 1
    assert kills >= 3
    # The faults did happen: answers were lost, and asked for again.
    outcomes = Counter(
        word for each in sandbox.attempts().values() for word in each["outcomes"]
    )
    assert outcomes["409"] >= 2
    assert not Message.objects.stuck().exists()


def test_with_a_new_number_per_attempt_the_same_run_posts_twice(
    program, make_order, manu, sandbox, tmp_path
):
    order, actor = make_order(CONTROL_REWARDS, lines=10), actor_of(manu)

    def is_proven():
        step(order, actor)
        return max(received(sandbox).values(), default=0) > 1 or is_final()

    # Lost answers alone are enough.
    run(CARELESS, tmp_path, is_proven, kills=0)

    assert max(received(sandbox).values()) > 1
    with pytest.raises(AssertionError):
        assert_exactly_once(program, order, sandbox)


def test_both_orders_of_a_list_are_filled_once_by_workers_that_are_killed(
    program, cvs, manu, sandbox, tmp_path
):
    ways = (rows.by_mail, rows.by_post)
    found = [ways[number % 2](number) for number in range(2, MIXED + 2)]
    sheet = rows.make_sheet(program, cvs, manu, found)
    orders = filling.begin(sheet, version=sheet.version, actor=actor_of(manu))

    def is_filled():
        sheet.refresh_from_db()
        return sheet.status == Sheet.Status.CHECKED

    with killing.workers(tmp_path / "workers.log") as at_work:
        killing.kill_all_once(Reward.objects.exists, at_work)
        killing.kill_until(is_filled, at_work, every=KILL_EVERY, most=MOST_SECONDS)

    assert at_work.kills

    assert set(sheet.rows.values_list("status", flat=True)) == {"taken"}
    for order in orders:
        order.refresh_from_db()
        assert not order.is_filling
        used = Counter(order.rewards.values_list("row__is_postal", flat=True))
        assert used == {order.is_postal: MIXED // 2}
    assert Entry.objects.filter(action="order.filled").count() == 2
    ledger.check_journal()
