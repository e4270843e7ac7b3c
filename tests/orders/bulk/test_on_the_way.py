"""A list's order while it is sent: paused, stopped, refused, tried again."""

from collections import Counter

import pytest
import simplejson
from django.db import transaction

from orders import attention, frozen, lifecycle, placing, releasing
from orders.bulk import pausing, retrying
from orders.models import Placement
from orders.tasks import place
from portal.accounts.models import actor_of
from portal.actors import WORKER
from portal.money import Money
from portal.outbox import dispatch
from programs import budget, consent
from programs.models import ConsentEntry
from tests.orders import ledger
from tests.orders.bulk import lists

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order(program, cvs, manu, release):
    return release(lists.make_sheet(program, cvs, manu, rows=8), manu)


@pytest.fixture
def act(order, manu):
    def act(verb, **more):
        order.refresh_from_db()
        return verb(order, version=order.version, actor=actor_of(manu), **more)

    return act


def statuses(order):
    order.refresh_from_db()
    return Counter(order.rewards.values_list("status", flat=True))


def sent_to(sandbox):
    """Every address the provider was asked to send to, over all its orders."""
    return Counter(
        line["DigitalDeliveryAddress"]["Email"]
        for placed in sandbox.orders()
        for line in placed["LineItems"]
    )


def check_exactly_once(order, sandbox, program):
    """Those that were sent were sent once, and the ledger is the provider's."""
    ledger.check_with_provider(program, sandbox)
    ledger.check_journal()
    sent = order.rewards.filter(status="sent").values_list("email", flat=True)
    assert sent_to(sandbox) == Counter(sent)


def stop_messages(reward):
    consent.withdraw_all(
        reward.recipient, source=ConsentEntry.Source.PREFERENCES, actor=WORKER
    )


def test_every_reward_is_sent_exactly_once(order, sandbox, worker, program):
    worker.run(seconds=60)

    assert statuses(order) == {"sent": 8}
    assert order.status == "completed"
    assert len(sandbox.orders()) == 3
    check_exactly_once(order, sandbox, program)


def test_two_recipients_make_the_body_the_provider_prints(program, cvs, manu, release):
    """provider-api: the bulk example, apart from optional fields."""
    rows = [
        {"email": "user1@email.com", "quantity": 3},
        {"email": "user2@email.com", "quantity": 2},
    ]
    order = release(lists.make_sheet(program, cvs, manu, rows=rows), manu)
    releasing.release(order.pk, actor=WORKER)

    body = simplejson.loads(frozen.body_of(Placement.objects.get()))

    for line in body["LineItems"]:
        del line["Personalization"]
    body.pop("WebhookSettings", None)
    assert body.pop("PONumber") == order.po_number
    assert body == {
        "Type": "DigitalDelivery",
        "LineItems": [
            {
                "ProductId": "CVS",
                "Value": 10,
                "Quantity": 3,
                "DigitalDeliveryAddress": {"Email": "user1@email.com"},
            },
            {
                "ProductId": "CVS",
                "Value": 10,
                "Quantity": 2,
                "DigitalDeliveryAddress": {"Email": "user2@email.com"},
            },
        ],
    }


def test_a_paused_order_sends_nothing_until_it_continues(
    order, sandbox, worker, act, program
):
    releasing.release(order.pk, actor=WORKER)
    act(pausing.pause)
    worker.run(seconds=3600)
    assert sandbox.orders() == []

    act(pausing.resume)
    worker.run(seconds=60)

    assert statuses(order) == {"sent": 8}
    check_exactly_once(order, sandbox, program)


def test_what_may_have_landed_is_followed_up_while_paused(
    order, sandbox, worker, act, program
):
    releasing.release(order.pk, actor=WORKER)
    sandbox.settings(next=["504_after"])
    first = order.placements.order_by("pk")[0]
    post = placing.begin(first.pk, actor=WORKER)
    assert isinstance(post, placing.Post)
    act(pausing.pause)

    worker.run(seconds=60)

    assert statuses(order) == {"sent": 3, "queued": 5}


def test_stopped_only_what_was_never_tried_is_cancelled(
    order, sandbox, worker, act, program
):
    releasing.release(order.pk, actor=WORKER)
    first = order.placements.order_by("pk")[0]
    assert isinstance(placing.begin(first.pk, actor=WORKER), placing.Post)
    act(pausing.pause)

    act(pausing.stop)
    worker.run(seconds=60)

    assert statuses(order) == {"sent": 3, "cancelled": 5}
    assert order.status == "completed with failures"
    rows = Counter(order.sheet.rows.values_list("status", flat=True))
    assert rows == {"taken": 3, "ready": 5}
    check_exactly_once(order, sandbox, program)


def test_stopped_before_anything_was_sent_the_order_is_cancelled(
    order, act, program, sandbox
):
    releasing.release(order.pk, actor=WORKER)

    act(pausing.stop)

    assert statuses(order) == {"cancelled": 8}
    assert order.status == "cancelled"
    program.refresh_from_db()
    assert program.held_minor == 0
    ledger.check(program)
    with pytest.raises(lifecycle.StaleOrder):
        act(pausing.stop)


def test_without_funds_the_rest_waits_and_goes_on_when_resumed(
    order, sandbox, worker, act, program
):
    sandbox.settings(balance=50)
    worker.run(seconds=3600)
    order.refresh_from_db()
    assert order.status == "needs attention"
    assert statuses(order) == {"sent": 3, "queued": 5}
    ledger.check(program)

    sandbox.settings(balance=1000)
    act(attention.resume)
    worker.run(seconds=60)

    assert statuses(order) == {"sent": 8}
    assert order.status == "completed"
    assert not order.is_paused
    check_exactly_once(order, sandbox, program)


@pytest.fixture
def refused(order, sandbox, worker):
    """The first placement was sent, the others were refused."""
    releasing.release(order.pk, actor=WORKER)
    first = order.placements.order_by("pk")[0]
    place({"placement": first.pk})
    sandbox.settings(products={"CVS": None})
    worker.run(seconds=60)
    sandbox.settings(products={})
    order.refresh_from_db()
    assert statuses(order) == {"sent": 3, "failed": 5}
    assert order.status == "completed with failures"
    return order


def test_what_failed_is_sent_again_under_a_new_number(
    refused, act, sandbox, worker, program
):
    act(retrying.retry, shown=Money.of_minor(5000, "USD"))
    program.refresh_from_db()
    assert program.held_minor == 5000
    worker.run(seconds=60)

    assert statuses(refused) == {"sent": 8}
    assert refused.status == "completed"
    numbers = refused.placements.order_by("pk").values_list("po_number", flat=True)
    assert [number[-4:] for number in numbers] == [
        "-001",
        "-002",
        "-003",
        "-004",
        "-005",
    ]
    check_exactly_once(refused, sandbox, program)


def test_a_second_click_does_not_send_it_twice(refused, act, sandbox, worker, program):
    seen = refused.version
    act(retrying.retry)

    with pytest.raises((lifecycle.StaleOrder, lifecycle.TransitionRefused)):
        retrying.retry(refused, version=seen, actor=WORKER)
    with pytest.raises((lifecycle.StaleOrder, lifecycle.TransitionRefused)):
        act(retrying.retry)
    worker.run(seconds=60)

    check_exactly_once(refused, sandbox, program)


def test_trying_again_needs_the_money(refused, act, program, adam):
    program.refresh_from_db()
    spare = program.available - program.money(4999)
    budget.adjust(program, spare * -1, actor=actor_of(adam), note="Elsewhere.")

    with pytest.raises(budget.OverBudget):
        act(retrying.retry)

    assert statuses(refused) == {"sent": 3, "failed": 5}
    assert refused.placements.count() == 3
    ledger.check(program)


def test_another_price_than_on_the_button_is_shown_first(refused, act):
    with pytest.raises(lifecycle.StaleOrder):
        act(retrying.retry, shown=Money.of_minor(4000, "USD"))


def test_what_failed_can_be_corrected_in_the_list_and_sent_anew(
    refused, act, manu, program, sandbox, worker, release
):
    act(retrying.give_back)

    rows = refused.sheet.rows
    assert rows.filter(status="problem").count() == 5
    problem = rows.filter(status="problem").first().problems.get()
    assert "refused" in problem.params["reason"]
    with pytest.raises(lifecycle.TransitionRefused):
        act(retrying.retry)
    rows.filter(status="problem").update(status="ready")
    again = release(refused.sheet, manu)
    worker.run(seconds=60)

    assert again != refused
    assert statuses(again) == {"sent": 5}
    ledger.check_with_provider(program, sandbox)
    assert set(sent_to(sandbox).values()) == {1}


def test_whoever_stopped_messages_is_left_out_and_the_others_go(
    order, sandbox, worker, program
):
    releasing.release(order.pk, actor=WORKER)
    stop_messages(order.rewards.order_by("pk")[1])

    worker.run(seconds=60)

    assert statuses(order) == {"sent": 7, "cancelled": 1}
    assert order.status == "completed with failures"
    assert sent_to(sandbox)["person3@example.com"] == 0
    row = order.sheet.rows.get(number=3)
    assert row.status == "problem"
    check_exactly_once(order, sandbox, program)


def test_whoever_stopped_after_an_attempt_holds_the_placement_back(
    order, sandbox, worker, program
):
    releasing.release(order.pk, actor=WORKER)
    sandbox.settings(next=["504_after"])
    place({"placement": order.placements.order_by("pk")[0].pk})
    stop_messages(order.rewards.order_by("pk")[1])

    worker.run(seconds=1000)

    assert statuses(order) == {"sent": 8}
    check_exactly_once(order, sandbox, program)


def test_withdrawn_between_approval_and_release_leaves_out_that_one(
    order, sandbox, worker, program
):
    stop_messages(order.rewards.order_by("pk")[0])

    worker.run(seconds=60)

    assert statuses(order) == {"sent": 7, "cancelled": 1}
    check_exactly_once(order, sandbox, program)


def test_several_that_wait_are_settled_one_by_one(order, act, adam, program, worker):
    releasing.release(order.pk, actor=WORKER)
    for placement in order.placements.order_by("pk")[:2]:
        with transaction.atomic():
            placing.given_up(placement.pk, "Nobody knows.")
    worker.clock.shift(1000)
    order.refresh_from_db()
    first, second = order.placements.filter(status="needs attention").order_by("pk")
    with pytest.raises(lifecycle.StaleOrder):
        act(attention.settle, charged=None, reason="Which of them?")

    act(attention.settle, charged=None, reason="Never got it.", placement_id=second.pk)
    act(attention.settle, charged=Money.of_minor(3000, "USD"), reason="Has it.")
    dispatch.drain()

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("completed", "refused")
    ledger.check(program)


def test_an_answer_about_many_lines_takes_few_queries(
    program, cvs, manu, release, settings, django_assert_max_num_queries
):
    order = release(lists.make_sheet(program, cvs, manu, rows=60), manu)
    settings.PLACEMENT_MOST_LINES = 100
    releasing.release(order.pk, actor=WORKER)

    with django_assert_max_num_queries(60):
        place({"placement": order.placements.get().pk})

    assert statuses(order) == {"placed": 60}
