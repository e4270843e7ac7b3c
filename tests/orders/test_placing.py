"""Exactly once: whatever the provider does, one order, paid for once."""

import itertools

import pytest

from orders import placing, releasing
from orders.models import Attempt
from orders.tasks import place
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox.models import Message
from tests import factories
from tests.orders import elsewhere, ledger
from tests.orders.test_drafts import in_parallel


@pytest.fixture
def order(program, cvs, manu, ada, sandbox, at_once):
    """Approved, and due at once."""
    return factories.make_approved(program, cvs, manu, ada)


def posts(sandbox):
    return [r for r in sandbox.requests() if (r["method"], r["path"]) == _POST]


_POST = ("POST", "/v1/Orders")


def assert_sent_once(order, program, sandbox):
    """One order at the provider, from one body, and the ledger to the cent."""
    order.refresh_from_db()
    assert order.status == "completed"
    assert [placed["PONumber"] for placed in sandbox.orders()] == [order.po_number]
    assert sandbox.attempts()[order.po_number]["bodies"] == 1
    assert order.rewards.get().status == "sent"
    program.refresh_from_db()
    assert program.held_minor == 0
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()


@pytest.mark.parametrize(
    ("faults", "outcomes"),
    [
        ([], ["201"]),
        (["cut_before"], ["201"]),
        (["cut_after"], ["cut", "409"]),
        (["504_after"], ["504", "409"]),
        (["garbage_after"], ["201", "409"]),
        (["error_500"], ["500", "201"]),
        (["too_many_429"], ["429", "201"]),
        (["unauthorized_401"], ["201"]),
        (["unauthorized_401", "unauthorized_401"], ["201"]),
        (["forbidden_403"], ["201"]),
        (["conflict_409"], ["409", "201"]),
        (["error_500", "cut_before", "cut_after"], ["500", "cut", "409"]),
        (["cut_before", "error_500", "504_after"], ["500", "504", "409"]),
        (["garbage_after", "error_500", "cut_before"], ["201", "500", "409"]),
        (["cut_after", "too_many_429", "forbidden_403"], ["cut", "429", "409"]),
    ],
    ids=lambda value: "-".join(value) or "none",
)
def test_every_fault_ends_with_one_order(
    program, order, sandbox, worker, faults, outcomes
):
    sandbox.settings(next=faults)

    worker.run(seconds=60)

    assert sandbox.attempts()[order.po_number]["outcomes"] == outcomes
    assert_sent_once(order, program, sandbox)


@pytest.mark.parametrize("casing", ["pascal", "camel"])
@pytest.mark.parametrize("shape", ["one", "many", "none"])
@pytest.mark.parametrize("fault", ["cut_after", "504_after"])
def test_a_409_leads_to_our_order_in_every_shape(
    program, order, sandbox, worker, casing, shape, fault
):
    sandbox.settings(next=[fault], casing=casing, conflict_shape=shape)

    worker.run(seconds=60)

    assert_sent_once(order, program, sandbox)


def test_a_provider_whose_list_knows_no_filter_is_read_to_the_end(
    program, cvs, manu, order, sandbox, worker
):
    others = {elsewhere.make_order(f"OTHER-{number}").po_number for number in range(5)}
    sandbox.settings(
        next=["cut_after"], conflict_shape="none", ignore_filters=True, page_size_cap=2
    )

    worker.run(seconds=60)

    order.refresh_from_db()
    assert order.status == "completed"
    placed = {placed["PONumber"] for placed in sandbox.orders()}
    assert placed - others == {order.po_number}


def test_an_order_the_provider_works_on_is_pending_until_it_is_done(
    program, order, sandbox, worker
):
    sandbox.settings(next=["pending"])
    worker.run(seconds=600)

    order.refresh_from_db()
    placement = order.placements.get()
    program.refresh_from_db()
    assert (order.status, placement.status) == ("placing", "pending")
    assert order.rewards.get().status == "placed"
    assert (str(program.held), str(program.spent)) == ("$15.00", "$0.00")

    sandbox.release()
    worker.run(seconds=3600)

    assert_sent_once(order, program, sandbox)


def test_what_the_provider_charges_less_is_free_again(program, order, sandbox, worker):
    worker.run()

    program.refresh_from_db()
    assert str(program.spent) == "$14.70"
    assert str(program.available) == "$985.30"
    assert order.rewards.get().cost_minor == 1470
    assert_sent_once(order, program, sandbox)


def test_a_busy_provider_is_left_alone_as_long_as_it_asks(
    program, order, sandbox, worker
):
    sandbox.settings(next=["too_many_429"], retry_after=90)

    worker.run(seconds=89)
    assert len(posts(sandbox)) == 1
    worker.run(seconds=5)

    assert_sent_once(order, program, sandbox)


@pytest.mark.parametrize("down", ["503", "closed"])
def test_while_the_provider_is_down_orders_wait_with_growing_patience(
    program, order, sandbox, worker, down
):
    sandbox.settings(down=down)
    worker.run(seconds=3600)

    order.refresh_from_db()
    program.refresh_from_db()
    placement = order.placements.get()
    assert (order.status, placement.status) == ("placing", "unknown")
    assert placement.problem
    assert str(program.held) == "$15.00"
    assert Message.objects.get(topic="orders.place").status == "waiting"
    starts = list(
        placement.attempts.order_by("number").values_list("started_at", flat=True)
    )
    gaps = [
        (after - before).total_seconds() for before, after in itertools.pairwise(starts)
    ]
    assert len(starts) < 20
    assert all(after > before * 0.9 for before, after in itertools.pairwise(gaps))
    assert gaps[-1] == pytest.approx(600, abs=5)

    sandbox.settings(down="no")
    worker.run(seconds=601)

    assert_sent_once(order, program, sandbox)


def test_attempts_of_workers_that_died_do_not_lengthen_the_wait(
    program, order, sandbox, worker
):
    releasing.release(order.pk, actor=WORKER)
    for _ in range(9):
        placing.begin(order.placements.get().pk, actor=WORKER)
    sandbox.settings(next=["error_500"])

    worker.run(seconds=10)

    assert sandbox.attempts()[order.po_number]["outcomes"] == ["500", "201"]
    assert_sent_once(order, program, sandbox)


def test_refused_credentials_lose_nothing(program, order, sandbox, worker):
    sandbox.settings(access_token="another")
    worker.run(seconds=60)

    order.refresh_from_db()
    assert order.status == "placing"
    assert "credentials" in order.placements.get().problem
    assert posts(sandbox) == []

    sandbox.settings(access_token=sandbox.access_token)
    worker.run(seconds=600)
    assert_sent_once(order, program, sandbox)


def test_a_token_that_lives_for_two_seconds_is_renewed(program, order, sandbox, worker):
    sandbox.settings(token_life=2, next=["504_after"])

    worker.run(seconds=60)

    assert_sent_once(order, program, sandbox)


def test_every_attempt_is_on_record_before_it_is_made(order, sandbox, worker):
    sandbox.settings(next=["error_500", "cut_after"])

    worker.run(seconds=60)

    placement = order.placements.get()
    attempts = placement.attempts.order_by("number")
    assert [attempt.outcome for attempt in attempts] == [
        "unknown",
        "unknown",
        "duplicate",
    ]
    assert all(attempt.finished_at for attempt in attempts)
    acts = Entry.objects.about("placement", placement.pk).order_by("sequence")
    assert [entry.action.removeprefix("placement.") for entry in acts] == [
        "attempted",
        "answered",
    ] * 3


def test_a_handler_that_runs_again_changes_nothing(program, order, sandbox, worker):
    worker.run(seconds=10)
    placement = order.placements.get()
    before = Entry.objects.count()

    for _ in range(3):
        assert place({"placement": placement.pk}) is None

    assert Entry.objects.count() == before
    assert len(posts(sandbox)) == 1
    assert_sent_once(order, program, sandbox)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", [None, "cut_after", "error_500"])
def test_several_workers_at_the_same_placement_send_it_once(
    program, order, sandbox, worker, fault
):
    releasing.release(order.pk, actor=WORKER)
    placement = order.placements.get()
    sandbox.settings(next=[fault], latency=0.05)

    made = in_parallel(*[lambda: place({"placement": placement.pk})] * 4)
    sandbox.settings(latency=0)
    worker.run(seconds=120)

    assert not [each for each in made if isinstance(each, Exception)]
    assert Attempt.objects.filter(placement=placement).count() >= 4
    assert_sent_once(order, program, sandbox)
