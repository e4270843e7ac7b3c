"""The way out where only a person can find out what became of an order."""

import pytest

from orders import attention, lifecycle, tracking
from orders.models import Order
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.audit.models import Entry
from portal.outbox import stuck
from portal.outbox.models import Message
from tests import factories
from tests.orders import ledger

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("at_once"),
]


@pytest.fixture
def lost(program, cvs, manu, ada, sandbox, worker):
    """An order the provider has, whose word nobody here knows."""
    sandbox.settings(status_word="Sparkling")
    order = factories.make_approved(program, cvs, manu, ada)
    worker.run(seconds=30)
    order.refresh_from_db()
    assert order.status == "needs attention"
    return order


@pytest.fixture
def unsent(program, cvs, manu, ada, sandbox, worker):
    """An order the provider had no funds for."""
    sandbox.settings(balance=0)
    order = factories.make_approved(program, cvs, manu, ada)
    worker.run(seconds=30)
    order.refresh_from_db()
    assert order.status == "needs attention"
    return order


def settle(client, order, **answers):
    typed = {"version": order.version, "reason": "Asked by phone", **answers}
    return client.post(f"/orders/{order.reference}/settle/", typed)


def test_what_was_charged_is_spent_and_the_rest_is_free(as_adam, lost, program):
    response = settle(as_adam, lost, outcome="charged", amount="14.70")

    assert response.status_code == 303
    lost.refresh_from_db()
    program.refresh_from_db()
    assert lost.status == "completed"
    assert lost.rewards.get().status == "sent"
    assert (program.held_minor, program.spent_minor) == (0, 1470)
    assert Entry.objects.filter(action="order.settled_by_hand").count() == 1


def test_the_unknown_word_no_longer_counts_afterwards(as_adam, lost, worker):
    settle(as_adam, lost, outcome="charged", amount="14.70")

    worker.run(seconds=24 * 3600)

    lost.refresh_from_db()
    assert lost.status == "completed"


def test_what_never_got_there_frees_its_money(
    as_adam, unsent, program, worker, settings
):
    worker.run(seconds=settings.PROVIDER_QUIET_SECONDS)

    settle(as_adam, unsent, outcome="not charged")

    unsent.refresh_from_db()
    program.refresh_from_db()
    assert unsent.status == "cancelled"
    assert (program.held_minor, program.spent_minor) == (0, 0)


def test_it_is_too_early_to_say_it_never_got_there(as_adam, unsent, program):
    response = settle(as_adam, unsent, outcome="not charged")

    assert response.status_code == 422
    assert "may still reach the provider" in response.content.decode()
    program.refresh_from_db()
    assert program.held_minor == 1500


def test_what_the_provider_has_cannot_be_said_never_to_have_got_there(
    as_adam, lost, program, worker, settings
):
    worker.run(seconds=settings.PROVIDER_QUIET_SECONDS)
    lost.refresh_from_db()

    response = settle(as_adam, lost, outcome="not charged")

    assert response.status_code == 422
    assert "The provider has this order." in response.content.decode()
    lost.refresh_from_db()
    program.refresh_from_db()
    assert lost.status == "needs attention"
    assert program.held_minor == 1500


def test_what_the_provider_forgot_may_never_have_got_there(
    as_adam, lost, program, worker, settings
):
    placement = lost.placements.get()
    worker.run(seconds=settings.PROVIDER_QUIET_SECONDS)
    for _ in range(8):
        tracking.collected(placement.pk, None, actor=WORKER)
    lost.refresh_from_db()

    response = settle(as_adam, lost, outcome="not charged")

    assert response.status_code == 303
    program.refresh_from_db()
    assert (program.held_minor, program.spent_minor) == (0, 0)


def test_what_the_provider_has_and_did_not_charge_frees_its_money(
    as_adam, lost, program
):
    response = settle(as_adam, lost, outcome="free")

    assert response.status_code == 303
    lost.refresh_from_db()
    program.refresh_from_db()
    assert lost.status == "completed with failures"
    assert lost.rewards.get().status == "cancelled"
    assert (program.held_minor, program.spent_minor) == (0, 0)
    ledger.check(program)


def test_more_than_the_budget_holds_is_refused(as_adam, lost, program):
    response = settle(as_adam, lost, outcome="charged", amount="5000")

    assert response.status_code == 422
    assert "Add funds first" in response.content.decode()
    assert 'value="5000"' in response.content.decode()
    program.refresh_from_db()
    assert program.spent_minor == 0


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({}, "This field is required"),
        ({"outcome": "charged"}, "Enter what the provider charged"),
        ({"outcome": "charged", "amount": "a few"}, "amount"),
        ({"outcome": "not charged", "reason": ""}, "This field is required"),
    ],
)
def test_an_incomplete_answer_books_nothing(as_adam, lost, program, answers, problem):
    response = settle(as_adam, lost, **answers)

    assert response.status_code == 422
    assert problem in response.content.decode()
    program.refresh_from_db()
    assert program.held_minor == 1500


def test_a_stale_page_books_nothing(adam, lost):
    with pytest.raises(lifecycle.StaleOrder):
        attention.settle(
            lost,
            charged=lost.estimate,
            reason="",
            version=lost.version - 1,
            actor=actor_of(adam),
        )


def test_makers_and_approvers_cannot_settle(as_manu, as_ada, lost):
    for client in (as_manu, as_ada):
        assert settle(client, lost, outcome="charged", amount="1").status_code == 404
        page = client.get(f"/orders/{lost.reference}/").content.decode()
        assert "Settle by hand" not in page


@pytest.mark.parametrize("topic", ["orders.place", "orders.collect"])
def test_a_message_that_was_given_up_leaves_a_way_out(adam, unsent, sandbox, topic):
    placement = unsent.placements.get()
    Order.objects.filter(pk=unsent.pk).update(status="placing")
    unsent.placements.update(status="unknown")
    message = Message.objects.create(
        topic=topic,
        key=f"{topic}:stuck-{placement.pk}",
        payload={"placement": placement.pk},
        status=Message.Status.STUCK,
        not_before=unsent.created_at,
    )

    stuck.give_up(message, reason="Broken for good", actor=actor_of(adam))

    unsent.refresh_from_db()
    assert unsent.status == "needs attention"
    assert "Broken for good" in unsent.problem


def test_a_release_that_was_given_up_hands_the_order_back(
    adam, program, cvs, manu, ada, settings
):
    settings.RELEASE_HOLD_SECONDS = 60
    order = factories.make_approved(program, cvs, manu, ada)
    Message.objects.filter(topic="orders.release").update(status="stuck")

    stuck.give_up(
        Message.objects.get(topic="orders.release"),
        reason="Broken for good",
        actor=actor_of(adam),
    )

    order.refresh_from_db()
    program.refresh_from_db()
    assert order.status == "changes requested"
    assert program.held_minor == 0
