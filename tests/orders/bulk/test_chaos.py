"""The proof for a list: killed workers, lost answers and an empty account, and still
every recipient exactly once.

The control runs the same with a new PONumber per attempt and has to fail the check.
BULK_CHAOS_REWARDS makes the order as large as one likes.
"""

import logging
import os
from collections import Counter

import pytest

from orders import attention, drafts, lifecycle
from orders.bulk import filling
from orders.models import Order, Reward
from orders.states import OrderStatus
from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox.models import Message
from tests import factories
from tests.orders import killing, ledger
from tests.orders.bulk import lists

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

REWARDS = int(os.environ.get("BULK_CHAOS_REWARDS", "300"))
LINES = max(10, REWARDS // 100)
# Enough to show duplicates; the check is the same.
CONTROL_REWARDS = 200
FAULTS = {
    "504_after": 0.1,
    "cut_after": 0.1,
    "error_500": 0.05,
    "webhook_lost": 1.0,
}
KILL_EVERY = 0.5
MOST_KILLS = max(killing.MOST_KILLS, REWARDS // 20)
MOST_SECONDS = 400.0
CARELESS = ("-m", "tests.orders.careless_worker", "--threads=4", "--pause=0.05")


@pytest.fixture
def program(adam):
    """Rich, and without a need for approval."""
    return factories.make_program(
        "Chaos", funded=10 * REWARDS, funded_by=adam, approval_rule="never"
    )


@pytest.fixture
def make_order(program, cvs, manu, sandbox, settings):
    """An order that workers fill, at a provider that misbehaves."""
    settings.RELEASE_HOLD_SECONDS = 0
    settings.WEBHOOK_BASE_URL = "http://127.0.0.1:9"
    monkey = pytest.MonkeyPatch()
    monkey.setenv("PLACEMENT_MOST_LINES", str(LINES))
    sandbox.settings(faults=FAULTS, sent_after=1, claimed_after=1, seed=7, latency=0.2)

    def make(rewards):
        sheet = lists.make_sheet(program, cvs, manu, rows=rewards)
        # Half of what it takes: the account runs dry in the middle.
        sandbox.settings(balance=10 * rewards // 2)
        actor = actor_of(manu)
        (order,) = filling.begin(sheet, version=sheet.version, actor=actor)
        return order

    yield make
    monkey.undo()


def step(order, sandbox, actor):
    """What a person does meanwhile: submit it when it is filled, and add funds."""
    order.refresh_from_db()
    try:
        if order.status == OrderStatus.DRAFT and not order.is_filling:
            drafts.submit(order, version=order.version, actor=actor)
        elif order.status == OrderStatus.NEEDS_ATTENTION:
            sandbox.settings(balance=1_000_000)
            attention.resume(order, version=order.version, actor=actor)
    except (lifecycle.StaleOrder, lifecycle.TransitionRefused):
        pass  # A worker was quicker; the next look tells.


def is_final():
    unfinished = Order.objects.exclude(status="completed").exists()
    looking = Message.objects.filter(topic="orders.collect", status="waiting").exists()
    return not unfinished and not looking


def run(command, tmp_path, is_over, *, kills=MOST_KILLS):
    """Work under fire until it is over; how often a worker was killed."""
    with killing.workers(tmp_path / "workers.log", command=command) as at_work:
        seconds = killing.kill_until(
            is_over, at_work, every=KILL_EVERY, most=MOST_SECONDS, kills=kills
        )
    logger.info("It was over after %.0f s and %d kills", seconds, at_work.kills)
    return at_work.kills


def received(sandbox):
    """How often the provider was asked to send to each address."""
    return Counter(
        line["DigitalDeliveryAddress"]["Email"]
        for placed in sandbox.orders()
        for line in placed["LineItems"]
    )


def assert_exactly_once(program, order, sandbox):
    """Each recipient once at the provider, and the ledger equal to it to the cent."""
    wanted = Counter(order.rewards.values_list("email", flat=True))
    assert received(sandbox) == wanted
    assert set(wanted.values()) == {1}
    ledger.check_with_provider(program, sandbox)
    assert program.held_minor == 0
    assert all(each["bodies"] == 1 for each in sandbox.attempts().values())


def test_a_list_under_fire_reaches_every_recipient_exactly_once(
    program, make_order, manu, sandbox, tmp_path
):
    order, actor = make_order(REWARDS), actor_of(manu)

    def is_over():
        step(order, sandbox, actor)
        return is_final()

    kills = run(killing.WORKER, tmp_path, is_over)

    assert_exactly_once(program, order, sandbox)
    ledger.check_journal()
    assert Reward.objects.filter(order=order).count() == REWARDS
    assert len(sandbox.orders()) == -(-REWARDS // LINES)
    assert Entry.objects.filter(action="order.filled").count() == 1
    assert kills >= 3
    # The faults did happen, and the account did run dry.
    outcomes = Counter(
        word for each in sandbox.attempts().values() for word in each["outcomes"]
    )
    assert outcomes["409"] >= len(sandbox.orders()) * 0.05
    assert outcomes["422"] >= 1
    assert Entry.objects.filter(action="order.resumed").exists()
    assert not Message.objects.stuck().exists()


def test_with_a_new_number_per_attempt_the_same_run_duplicates(
    program, make_order, manu, sandbox, tmp_path
):
    order, actor = make_order(CONTROL_REWARDS), actor_of(manu)

    def is_proven():
        step(order, sandbox, actor)
        return max(received(sandbox).values(), default=0) > 1 or is_final()

    # Lost answers alone are enough.
    run(CARELESS, tmp_path, is_proven, kills=0)

    assert max(received(sandbox).values()) > 1
    with pytest.raises(AssertionError):
        assert_exactly_once(program, order, sandbox)
