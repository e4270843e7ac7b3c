"""The proof: faults, lost webhooks and killed workers, and still exactly once.

The control runs the same with a new PONumber per attempt and has to fail the check.
CHAOS_ORDERS makes them as many as one likes.
"""

import logging
import os
import uuid

import pytest

from orders import drafts
from orders.models import Order
from portal.accounts.models import actor_of
from portal.outbox.models import Message
from tests import factories
from tests.orders import killing, ledger

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

logger = logging.getLogger(__name__)

ORDERS = int(os.environ.get("CHAOS_ORDERS", "120"))
# Enough to show duplicates; the check is the same.
CONTROL_ORDERS = 60
FAULTS = {
    "cut_after": 0.1,
    "504_after": 0.1,
    "cut_before": 0.05,
    "error_500": 0.05,
    "webhook_lost": 1.0,
}
KILL_EVERY = 0.5
MOST_KILLS = max(killing.MOST_KILLS, ORDERS // 20)
MOST_SECONDS = 400.0
CARELESS = ("-m", "tests.orders.careless_worker", "--threads=4", "--pause=0.05")


@pytest.fixture
def program(adam):
    """Rich, and without a need for approval."""
    return factories.make_program(
        "Chaos", funded=10_000, funded_by=adam, approval_rule="never"
    )


@pytest.fixture
def make_orders(program, cvs, manu, sandbox, settings):
    """Orders that are due at once, at a provider that misbehaves."""
    settings.RELEASE_HOLD_SECONDS = 0
    settings.WEBHOOK_BASE_URL = "http://127.0.0.1:9"
    sandbox.settings(faults=FAULTS, sent_after=1, claimed_after=1, seed=7)

    def make(number):
        gift, actor = factories.make_gift(program, cvs), actor_of(manu)
        for _ in range(number):
            order = drafts.create(gift, actor=actor, form_key=uuid.uuid4())
            drafts.submit(order, version=1, actor=actor)

    return make


def run(command, tmp_path, is_over, *, kills=MOST_KILLS):
    """Work under fire until it is over; how often a worker was killed."""
    with killing.workers(tmp_path / "workers.log", command=command) as at_work:
        seconds = killing.kill_until(
            is_over, at_work, every=KILL_EVERY, most=MOST_SECONDS, kills=kills
        )
    logger.info("It was over after %.0f s and %d kills", seconds, at_work.kills)
    return at_work.kills


def assert_exactly_once(program, sandbox):
    """The provider holds each order once, and the ledger equals it to the cent."""
    held = [placed["PONumber"] for placed in sandbox.orders()]
    ours = Order.objects.filter(program=program).values_list("po_number", flat=True)
    assert sorted(held) == sorted(ours)
    ledger.check_with_provider(program, sandbox)
    assert program.held_minor == 0
    assert all(each["bodies"] == 1 for each in sandbox.attempts().values())


def _all_is_final():
    unfinished = Order.objects.exclude(status="completed").exists()
    looking = Message.objects.filter(topic="orders.collect", status="waiting").exists()
    return not unfinished and not looking


def test_orders_under_fire_are_sent_exactly_once(
    program, make_orders, sandbox, tmp_path
):
    make_orders(ORDERS)

    kills = run(killing.WORKER, tmp_path, _all_is_final)

    assert_exactly_once(program, sandbox)
    ledger.check_journal()
    assert len(sandbox.orders()) == ORDERS
    assert kills >= 3
    # The faults did happen.
    outcomes = [
        word for each in sandbox.attempts().values() for word in each["outcomes"]
    ]
    assert outcomes.count("409") >= ORDERS * 0.1
    assert not Message.objects.stuck().exists()


def test_with_a_new_number_per_attempt_the_same_run_duplicates(
    program, make_orders, sandbox, tmp_path
):
    make_orders(CONTROL_ORDERS)

    def is_proven():
        return _sent_again(sandbox) >= CONTROL_ORDERS * 0.1 or _all_is_final()

    # Lost answers alone are enough.
    run(CARELESS, tmp_path, is_proven, kills=0)

    logger.info("%d of %d were sent again", _sent_again(sandbox), CONTROL_ORDERS)
    assert _sent_again(sandbox) >= CONTROL_ORDERS * 0.1
    with pytest.raises(AssertionError):
        assert_exactly_once(program, sandbox)


def _sent_again(sandbox):
    """How many orders the provider holds of which it holds another already."""
    made_for = [placed["PONumber"].rpartition("-")[0] for placed in sandbox.orders()]
    return len(made_for) - len(set(made_for))
