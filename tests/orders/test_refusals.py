"""When the provider says no: money is free only once nothing can still land."""

import time
from dataclasses import replace

import pytest
from django.core import mail

from orders import attention, lifecycle, placing, releasing, reports
from orders.models import Attempt
from orders.tasks import place
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import dispatch
from portal.provider import connection
from portal.provider.types import Created
from programs import consent
from programs.models import ConsentEntry
from tests import factories
from tests.orders import elsewhere, ledger

QUIET = 901  # a little more than PROVIDER_QUIET_SECONDS


@pytest.fixture
def order(program, cvs, manu, ada, sandbox, at_once):
    """Approved, and due at once; the mails so far are sent."""
    order = factories.make_approved(program, cvs, manu, ada)
    mail.outbox.clear()
    return order


@pytest.fixture
def act(order, manu):
    """Resume or give up, as Manu, on the order as it stands."""

    def act(verb):
        order.refresh_from_db()
        return verb(order, version=order.version, actor=actor_of(manu))

    return act


def posts(sandbox):
    return [
        each
        for each in sandbox.requests()
        if (each["method"], each["path"]) == ("POST", "/v1/Orders")
    ]


def state(order, program):
    """Order, placement, reward; held and spent in cents."""
    order.refresh_from_db()
    program.refresh_from_db()
    ledger.check(program)
    ledger.check_journal()
    return (
        order.status,
        order.placements.get().status,
        order.rewards.get().status,
        program.held_minor,
        program.spent_minor,
    )


FAILED = ("completed with failures", "refused", "failed", 0, 0)
GIVEN_UP = ("cancelled", "refused", "cancelled", 0, 0)
WAITING = ("needs attention", "needs attention", "queued", 1500, 0)
DONE = ("completed", "completed", "sent", 0, 1470)


def told():
    dispatch.drain()
    return [(sent.to, sent.subject) for sent in mail.outbox]


# 400


def test_a_refused_order_frees_its_money(program, order, sandbox, worker):
    sandbox.settings(products={"CVS": None})

    worker.run(seconds=60)

    assert state(order, program) == FAILED
    assert "ProductId" in order.placements.get().problem
    assert order.rewards.get().problem
    assert sandbox.orders() == []
    assert len(posts(sandbox)) == 1


# 422


def test_without_funds_it_waits_for_a_person_who_is_told(
    program, order, manu, sandbox, worker
):
    sandbox.settings(balance=5)

    worker.run(seconds=3600)

    assert state(order, program) == WAITING
    ((to, subject),) = told()[-1:]
    assert to == [manu.email]
    assert order.po_number in subject
    assert len(posts(sandbox)) == 1
    balance = reports.known_balance()
    assert balance
    assert str(balance.amount) == "$5.00"


def test_with_funds_again_it_is_sent_without_a_second_approval(
    program, order, sandbox, worker, act
):
    sandbox.settings(balance=5)
    worker.run(seconds=60)
    sandbox.settings(balance=1000)

    resumed = act(attention.resume)
    assert resumed.status == "placing"
    worker.run(seconds=60)

    assert state(order, program) == DONE
    assert order.approvals.count() == 1
    assert sandbox.attempts()[order.po_number] == {
        "outcomes": ["422", "201"],
        "bodies": 1,
    }
    ledger.check_with_provider(program, sandbox)


def test_resumed_too_early_it_waits_again(program, order, sandbox, worker, act):
    sandbox.settings(balance=5)
    worker.run(seconds=60)

    act(attention.resume)
    worker.run(seconds=60)

    assert state(order, program) == WAITING


def test_given_up_its_money_is_free_at_once(program, order, sandbox, worker, act):
    sandbox.settings(balance=5)
    worker.run(seconds=60)
    sandbox.settings(balance=1000)

    act(attention.give_up)
    worker.run()

    assert state(order, program) == GIVEN_UP
    assert sandbox.orders() == []
    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("verb", [attention.resume, attention.give_up])
def test_a_stale_page_decides_nothing(program, order, sandbox, worker, act, verb):
    sandbox.settings(balance=5)
    worker.run(seconds=60)
    seen = act(attention.resume)
    worker.run(seconds=60)

    with pytest.raises(lifecycle.StaleOrder):
        verb(seen, version=seen.version, actor=WORKER)

    assert state(order, program) == WAITING


@pytest.mark.parametrize("verb", [attention.resume, attention.give_up])
def test_only_what_waits_for_a_person_can_be_decided_on(order, worker, act, verb):
    with pytest.raises(lifecycle.StaleOrder):
        act(verb)

    worker.run(seconds=10)
    with pytest.raises(lifecycle.StaleOrder):
        act(verb)


# 409


@pytest.mark.parametrize("shape", ["one", "many", "none"])
@pytest.mark.parametrize("casing", ["pascal", "camel"])
def test_a_number_taken_by_a_foreign_order_is_a_persons_business(
    program, order, sandbox, worker, shape, casing
):
    foreign = elsewhere.make_order(order.po_number)
    sandbox.settings(conflict_shape=shape, casing=casing)

    worker.run(seconds=3600)

    assert state(order, program) == WAITING
    placement = order.placements.get()
    assert placement.provider_order_id == ""
    assert placement.cost_minor is None
    assert "different order" in placement.problem
    assert [placed["Id"] for placed in sandbox.orders()] == [foreign.id]
    assert told()


@pytest.mark.parametrize(
    ("value", "email"), [(15, "other@example.com"), (10, "user@example.com")]
)
def test_an_order_that_differs_in_one_thing_is_foreign(
    program, order, sandbox, worker, value, email
):
    elsewhere.make_order(order.po_number, value=value, email=email)

    worker.run(seconds=60)

    assert state(order, program) == WAITING


def test_a_409_that_names_an_order_of_another_number_is_not_believed(
    program, order, sandbox, worker
):
    other = elsewhere.make_order("OTHER", value=15, email="user@example.com")
    sandbox.settings(next=["conflict_409"], conflict_ids=[other.id])

    worker.run(seconds=60)

    assert state(order, program) == WAITING
    assert order.placements.get().provider_order_id == ""


def test_of_several_orders_named_ours_is_adopted(program, order, sandbox, worker):
    other = elsewhere.make_order("OTHER")
    sandbox.settings(next=["cut_after"], conflict_shape="many")
    worker.run()
    (ours,) = [o["Id"] for o in sandbox.orders() if o["PONumber"] == order.po_number]
    sandbox.settings(conflict_ids=[other.id, ours])

    worker.run(seconds=60)

    assert state(order, program) == DONE
    assert order.placements.get().provider_order_id == ours


def test_a_409_that_names_nobody_we_can_find_is_looked_up_by_number(
    program, order, sandbox, worker
):
    sandbox.settings(next=["cut_after"], conflict_ids=["no-such-order"])

    worker.run(seconds=60)

    assert state(order, program) == DONE


def test_a_number_said_to_be_taken_by_nothing_ends_with_a_person(
    program, order, sandbox, worker, act
):
    sandbox.settings(faults={"conflict_409": 1.0})
    worker.run(seconds=3600)

    assert state(order, program) == WAITING
    assert Attempt.objects.count() == 6

    sandbox.settings(faults={})
    act(attention.resume)
    worker.run(seconds=60)
    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


def test_a_201_for_something_else_is_never_taken_for_nothing(
    program, order, sandbox, worker, act
):
    releasing.release(order.pk, actor=WORKER)
    post = placing.begin(order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    other = elsewhere.make_order("OTHER")
    placing.answered(post.attempt_id, Created(other), actor=WORKER)
    assert state(order, program) == WAITING

    act(attention.give_up)
    worker.run(seconds=2 * QUIET)

    assert state(order, program)[3] == 1500


def test_a_201_without_a_number_for_other_lines_is_never_taken_for_ours(
    program, order, sandbox
):
    releasing.release(order.pk, actor=WORKER)
    post = placing.begin(order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    other = replace(elsewhere.make_order("OTHER"), po_number="")

    placing.answered(post.attempt_id, Created(other), actor=WORKER)

    assert state(order, program) == WAITING
    assert order.placements.get().provider_order_id == ""


def test_given_up_on_a_taken_number_the_money_is_free_after_the_quiet_time(
    program, order, sandbox, worker, act
):
    elsewhere.make_order(order.po_number)
    worker.run(seconds=60)

    act(attention.give_up)
    worker.run(seconds=600)
    assert state(order, program)[3] == 1500
    worker.run(seconds=QUIET)

    assert state(order, program) == GIVEN_UP
    assert len(posts(sandbox)) == 2  # theirs and ours


# Zombies: an attempt whose fate is unknown while a later one is refused


@pytest.mark.parametrize("fault", ["cut_before", "error_500", "too_many_429"])
def test_refused_after_an_unknown_attempt_the_hold_stays_until_it_is_quiet(
    program, order, sandbox, worker, fault
):
    sandbox.settings(next=[fault])
    worker.run()
    sandbox.settings(products={"CVS": None})

    worker.run(seconds=850)
    status, placement, _reward, held, _spent = state(order, program)
    assert (status, placement, held) == ("placing", "unknown", 1500)
    assert len(posts(sandbox)) == 2

    worker.run(seconds=60)
    assert state(order, program) == FAILED
    assert len(posts(sandbox)) == 2


def test_without_funds_after_an_unknown_attempt_giving_up_waits_as_well(
    program, order, sandbox, worker, act
):
    sandbox.settings(next=["cut_before", "insufficient_422"])
    worker.run(seconds=10)
    assert state(order, program) == WAITING

    act(attention.give_up)
    worker.run(seconds=850)
    assert state(order, program)[3] == 1500

    worker.run(seconds=QUIET)
    assert state(order, program) == GIVEN_UP


@pytest.fixture
def late(order, sandbox, settings):
    """The first attempt is sent, given up by us, and lands when `land` is called."""
    settings.PROVIDER_TIMEOUT_SECONDS = 1
    list(connection.client().brandings())  # so that the token is there
    releasing.release(order.pk, actor=WORKER)
    sandbox.settings(latency=2.0)
    started = time.monotonic()
    place({"placement": order.placements.get().pk})
    sandbox.settings(latency=0)

    def land():
        time.sleep(max(0, started + 2.0 - time.monotonic()))
        while not sandbox.orders():
            time.sleep(0.02)

    return land


def test_an_attempt_that_lands_after_a_refusal_is_adopted(
    program, order, sandbox, worker, late
):
    sandbox.settings(products={"CVS": None})
    place({"placement": order.placements.get().pk})
    sandbox.settings(products={})
    late()
    assert state(order, program)[3] == 1500

    worker.run(seconds=QUIET)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


def test_an_attempt_that_lands_after_a_422_is_adopted_by_whoever_resumes(
    program, order, sandbox, worker, late, act
):
    sandbox.settings(next=["insufficient_422"])
    place({"placement": order.placements.get().pk})
    assert state(order, program) == WAITING
    late()

    act(attention.resume)
    worker.run(seconds=60)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


def test_an_attempt_that_lands_after_we_gave_up_is_paid_for_and_sent(
    program, order, sandbox, worker, late, act
):
    sandbox.settings(next=["insufficient_422"])
    place({"placement": order.placements.get().pk})
    act(attention.give_up)
    sandbox.settings(next=["pending"])
    late()

    worker.run(seconds=QUIET)
    assert state(order, program)[:3] == ("placing", "pending", "placed")
    sandbox.release()
    worker.run(seconds=3600)

    assert state(order, program) == DONE
    ledger.check_with_provider(program, sandbox)


@pytest.mark.parametrize("landed", [True, False])
def test_the_attempt_of_a_dead_worker_counts_as_one_that_may_have_landed(
    program, order, sandbox, worker, landed
):
    """Killed between the POST and its record; the next attempt is refused."""
    releasing.release(order.pk, actor=WORKER)
    post = placing.begin(order.placements.get().pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    if landed:
        connection.client().create_order(post.body)
    sandbox.settings(products={"CVS": None})

    worker.run(seconds=850)
    assert state(order, program)[3] == 1500
    sandbox.settings(products={})
    worker.run(seconds=60)

    assert state(order, program) == (DONE if landed else FAILED)
    ledger.check_with_provider(program, sandbox)


# Consent withdrawn on the way


def stop(order):
    consent.withdraw_all(
        order.rewards.get().recipient,
        source=ConsentEntry.Source.PREFERENCES,
        actor=WORKER,
    )


def test_whoever_stops_it_between_release_and_sending_gets_nothing(
    program, order, sandbox, worker
):
    releasing.release(order.pk, actor=WORKER)
    stop(order)
    before = Entry.objects.count()

    worker.run(seconds=60)

    assert state(order, program) == FAILED
    assert posts(sandbox) == []
    assert Entry.objects.about("placement", order.placements.get().pk).count() == 1
    assert Entry.objects.count() == before + 1


def test_whoever_stops_it_between_two_attempts_gets_no_second(
    program, order, sandbox, worker
):
    sandbox.settings(next=["cut_before"])
    worker.run()
    stop(order)

    worker.run(seconds=850)
    assert state(order, program)[3] == 1500
    worker.run(seconds=60)

    assert state(order, program) == FAILED
    assert len(posts(sandbox)) == 1


def test_what_landed_before_they_stopped_it_is_paid_for(
    program, order, sandbox, worker
):
    sandbox.settings(next=["504_after"])
    worker.run()
    stop(order)

    worker.run(seconds=QUIET)

    assert state(order, program) == DONE
    assert len(posts(sandbox)) == 1
    ledger.check_with_provider(program, sandbox)


def test_looking_for_a_late_order_waits_for_a_provider_that_is_down(
    program, order, sandbox, worker
):
    sandbox.settings(next=["504_after"])
    worker.run()
    stop(order)
    sandbox.settings(down="503")
    worker.run(seconds=2 * QUIET)
    assert state(order, program)[3] == 1500

    sandbox.settings(down="no")
    worker.run(seconds=601)

    assert state(order, program) == DONE
