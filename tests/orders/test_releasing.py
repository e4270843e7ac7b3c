"""Between approval and sending: what changed meanwhile goes back to its maker."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orders import approvals, drafts, releasing
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.outbox import dispatch
from programs import consent, programs
from programs.models import ConsentEntry, Product, Program, Recipient
from tests import factories
from tests.orders import ledger


@pytest.fixture
def order(program, cvs, manu, ada, sandbox):
    """Approved, its hold running, its mails sent."""
    order = factories.make_approved(program, cvs, manu, ada)
    dispatch.drain()
    mail.outbox.clear()
    return order


def assert_handed_back(order, program, sandbox):
    order.refresh_from_db()
    program.refresh_from_db()
    assert (order.status, program.held_minor) == ("changes requested", 0)
    assert order.problem
    assert not order.placements.exists()
    assert sandbox.orders() == []
    ledger.check(program)
    dispatch.drain()
    (told,) = mail.outbox
    assert told.to == ["manu@example.com"]
    assert order.problem in told.body


def test_nothing_leaves_before_the_hold_ends(program, order, sandbox, worker):
    worker.run(seconds=59)
    assert not [each for each in sandbox.requests() if "/v1/" in each["path"]]

    worker.run(seconds=2)
    ledger.check_with_provider(program, sandbox)
    assert len(sandbox.orders()) == 1


def test_asked_too_early_it_says_when_to_ask_again(order, worker):
    worker.clock.shift(20)

    later = releasing.release(order.pk, actor=WORKER)

    assert later is not None
    assert later.seconds == pytest.approx(40, abs=5)
    assert not order.placements.exists()


def test_releasing_again_changes_nothing(order, sandbox, worker):
    worker.run(seconds=61)

    assert releasing.release(order.pk, actor=WORKER) is None
    assert order.placements.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"fee_minor": 1},
        {"retired_at": timezone.now()},
        {"delivery_types": ["Links"]},
        {"denominations": ["10"]},
    ],
    ids=lambda change: "-".join(change),
)
def test_a_catalogue_that_changed_hands_it_back(
    program, order, sandbox, worker, change
):
    Product.objects.update(**change)

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


def test_a_price_that_fell_is_no_obstacle(program, order, sandbox, worker):
    Product.objects.update(discount_percent=1)

    worker.run(seconds=61)

    ledger.check_with_provider(program, sandbox)
    assert len(sandbox.orders()) == 1


def test_a_program_that_ended_hands_it_back(program, order, sandbox, worker):
    Program.objects.update(ends_on=timezone.localdate() - timedelta(days=1))

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


def test_a_lowered_cap_hands_it_back(program, order, sandbox, worker):
    Program.objects.update(reward_cap_minor=1499)

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


def test_whoever_stopped_it_during_the_hold_gets_nothing(
    program, order, sandbox, worker
):
    consent.withdraw_all(
        order.rewards.get().recipient,
        source=ConsentEntry.Source.PREFERENCES,
        actor=WORKER,
    )

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


def test_a_delivery_time_that_passed_during_the_hold_hands_it_back(
    program, cvs, manu, ada, sandbox, worker
):
    soon = timezone.now() + timedelta(seconds=30)
    order = factories.make_approved(program, cvs, manu, ada, deliver_at=soon)
    dispatch.drain()
    mail.outbox.clear()

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


@pytest.mark.parametrize(
    "change",
    [
        {"email": "thief@example.com"},
        {"message": "Something else"},
        {"to_name": "Thief"},
        {"quantity": 2, "value_minor": 1000},
    ],
    ids=lambda change: "-".join(change),
)
def test_content_that_is_not_what_was_approved_is_never_sent(
    program, order, sandbox, worker, change
):
    order.rewards.update(**change)

    worker.run(seconds=61)

    assert_handed_back(order, program, sandbox)


def test_a_paused_program_sends_when_it_runs_again(
    program, order, adam, sandbox, worker
):
    programs.pause(program, actor=actor_of(adam))
    worker.run(seconds=3600)
    order.refresh_from_db()
    assert (order.status, sandbox.orders()) == ("approved", [])

    programs.resume(program, actor=actor_of(adam))
    worker.run(seconds=61)

    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


def test_a_program_cannot_close_over_an_order_on_its_way(order, program, adam):
    with pytest.raises(programs.MoneyHeld):
        programs.close(program, actor=actor_of(adam))


def test_handed_back_it_is_corrected_approved_and_sent(
    program, order, manu, ada, sandbox, worker
):
    Product.objects.update(fee_minor=100)
    worker.run(seconds=61)
    order.refresh_from_db()

    again = drafts.submit(order, version=order.version, actor=actor_of(manu))
    approvals.approve(again, content_hash=again.content_hash, actor=actor_of(ada))
    worker.run(seconds=61)

    order.refresh_from_db()
    assert order.status == "completed"
    ledger.check_with_provider(program, sandbox)


def test_what_is_sent_is_what_was_approved(program, order, sandbox, worker):
    """Later changes to program, product and person do not reach it."""
    worker.run(seconds=59)
    Program.objects.update(from_name="Other", message="Other")
    Recipient.objects.update(name="Other")

    worker.run(seconds=2)

    (placed,) = sandbox.orders()
    assert "Other" not in placed["body"]
