"""What happened to orders and rewards is told once each, and nothing personal."""

import json
import threading

import pytest
from django.db import connection
from django.utils import timezone

from orders import approvals, attention, drafts
from orders.models import Announcement, Delivery, Kind, Order, Reward
from orders.states import OrderStatus, RewardStatus
from orders.webhooks import news
from portal.accounts.models import actor_of
from tests import factories
from tests.orders.triggers import made as triggered
from tests.orders.webhooks import made


@pytest.fixture
def send(program, cvs, manu, ada, sandbox, at_once, worker):
    """An approved order that the sandbox has filled."""

    def send(**fields):
        order = factories.make_approved(program, cvs, manu, ada, **fields)
        worker.run(seconds=60)
        order.refresh_from_db()
        return order

    return send


def told(receiver):
    """What came in, as (type, status), in its order."""
    bodies = [json.loads(call.body) for call in receiver.calls]
    return [(body["type"], body["data"].get("status")) for body in bodies]


def test_an_order_is_told_from_its_approval_to_its_sending(endpoint, send, receiver):
    order = send()

    assert told(receiver) == [
        ("order.approved", "approved"),
        ("reward.placed", "placed"),
        ("reward.sent", "sent"),
    ]
    reward = order.rewards.get()
    body = json.loads(receiver.calls[-1].body)
    assert body == {
        "type": "reward.sent",
        "timestamp": body["timestamp"],
        "data": {
            "order": order.reference,
            "line": reward.pk,
            "status": "sent",
            "external_id": None,
            "reward": None,
            "event_id": None,
        },
    }
    assert body["timestamp"].endswith("Z")


def test_nothing_personal_is_told(endpoint, send, receiver):
    send(name="Rosa Recipient", email="rosa@example.com", to_name="Dear Rosa")

    assert len(receiver.calls) == 3
    for call in receiver.calls:
        assert b"osa" not in call.body
        assert b"osa" not in "".join(call.headers.values()).encode()


def test_what_the_provider_refused_is_told_as_failed(
    endpoint, program, manu, ada, sandbox, at_once, worker, receiver
):
    nowhere = factories.make_product("Nowhere", values=[15])
    factories.make_approved(program, nowhere, manu, ada)
    worker.run(seconds=60)

    assert told(receiver)[-1] == ("reward.failed", "failed")


def test_a_rejected_order_is_told_and_its_rewards_are_not(
    endpoint, program, cvs, manu, ada, worker, receiver
):
    order = factories.make_submitted(program, cvs, manu)
    approvals.reject(
        order, content_hash=order.content_hash, actor=actor_of(ada), comment="No."
    )
    worker.run()

    assert told(receiver) == [("order.rejected", "rejected")]


def test_what_was_approved_and_then_cancelled_is_told_as_failed(
    endpoint, program, cvs, manu, ada, worker, receiver
):
    order = factories.make_approved(program, cvs, manu, ada)
    worker.run()
    drafts.cancel(
        Order.objects.get(pk=order.pk),
        version=Order.objects.get(pk=order.pk).version,
        actor=actor_of(manu),
    )
    worker.run()

    assert told(receiver) == [
        ("order.approved", "approved"),
        ("reward.failed", "cancelled"),
    ]


def test_a_draft_that_is_thrown_away_is_not_told(
    endpoint, program, cvs, manu, worker, receiver
):
    order = factories.make_draft(program, cvs, manu)
    drafts.cancel(order, version=order.version, actor=actor_of(manu))
    worker.run()

    assert receiver.calls == []


def test_only_what_was_asked_for_is_told(program, manu, send, receiver):
    made.make_endpoint(program, manu, url=receiver.url, kinds=[Kind.REWARD_SENT])

    send()

    assert told(receiver) == [("reward.sent", "sent")]


def test_every_endpoint_of_the_program_is_told_under_one_id(
    program, manu, endpoint, send, receiver
):
    made.make_endpoint(program, manu, url=f"{receiver.url}/other")

    send()

    assert len(receiver.ids) == 6
    assert len(set(receiver.ids)) == 3
    assert {call.path for call in receiver.calls} == {"/in", "/other"}


def test_another_program_is_told_nothing(program, adam, send, receiver):
    other = factories.make_program("Autumn")
    made.make_endpoint(other, adam, url=receiver.url)

    send()

    assert receiver.calls == []
    assert not Announcement.objects.exists()


def test_an_endpoint_is_told_what_happens_from_now_on(
    program, manu, send, receiver, worker, clock
):
    order = send()
    clock.shift(60)
    made.make_endpoint(program, manu, url=receiver.url)
    reward = order.rewards.get()

    for status, at in (("sent", None), ("claimed", timezone.now())):
        Reward.objects.filter(pk=reward.pk).update(status=status, claimed_at=at)
        while not news.announce_some(order.pk):
            pass
    worker.run()

    assert told(receiver) == [("reward.claimed", "claimed")]


def test_of_an_order_under_way_all_is_told(
    program, cvs, manu, ada, sandbox, at_once, worker, receiver, clock
):
    sandbox.settings(next=["pending"])
    order = factories.make_approved(program, cvs, manu, ada)
    worker.run(seconds=30)
    clock.shift(60)
    made.make_endpoint(program, manu, url=receiver.url)

    news.announce_some(order.pk)
    worker.run()

    assert told(receiver) == [("reward.placed", "placed")]


def test_the_same_again_announces_nothing(endpoint, send, receiver, worker):
    order = send()

    for _again in range(3):
        assert news.announce_some(order.pk)
    worker.run(seconds=3600)

    assert len(receiver.calls) == 3


def test_a_claimed_reward_was_placed_and_sent_too(endpoint, send, worker, receiver):
    """However few words of the provider we saw."""
    order = send()
    Announcement.objects.all().delete()
    receiver.calls.clear()
    order.rewards.update(status=RewardStatus.CLAIMED, claimed_at=timezone.now())

    news.announce_some(order.pk)
    worker.run()

    assert told(receiver)[1:] == [
        ("reward.placed", "placed"),
        ("reward.sent", "sent"),
        ("reward.claimed", "claimed"),
    ]


def test_settling_by_hand_is_told(
    endpoint, program, cvs, manu, ada, adam, sandbox, at_once, worker, receiver
):
    sandbox.settings(status_word="Sparkling")
    order = factories.make_approved(program, cvs, manu, ada)
    worker.run(seconds=60)
    order.refresh_from_db()
    assert order.status == OrderStatus.NEEDS_ATTENTION

    attention.settle(
        order,
        placement_id=None,
        charged=program.money(1500),
        reason="They said so.",
        version=order.version,
        actor=actor_of(adam),
    )
    worker.run()

    assert told(receiver)[-1] == ("reward.sent", "sent")


def test_what_an_event_triggered_carries_the_callers_ids(
    program, cvs, manu, ada, sandbox, at_once, worker, receiver
):
    program.approval_rule = "never"
    program.save()
    made.make_endpoint(program, manu, url=receiver.url)
    triggered.make_rule(program, cvs, manu, ada)
    event = triggered.report(triggered.make_key(program, manu), "evt-77")
    worker.run(seconds=60)

    award = event.awards.get()
    data = [json.loads(call.body)["data"] for call in receiver.calls]
    assert [each["status"] for each in data] == ["approved", "placed", "sent"]
    assert {each["reward"] for each in data} == {str(award)}
    assert {each["event_id"] for each in data} == {"evt-77"}


def test_a_card_in_the_post_is_sent_once_it_is_shipped(endpoint, send, receiver):
    order = send()
    Announcement.objects.all().delete()
    Order.objects.filter(pk=order.pk).update(type=Order.Type.PHYSICAL)

    news.announce_some(order.pk)
    sent = Announcement.objects.filter(kind=Kind.REWARD_SENT)
    assert not sent.exists()

    order.rewards.update(status=RewardStatus.SHIPPED)
    news.announce_some(order.pk)
    assert json.loads(sent.get().body)["data"]["status"] == "shipped"


def test_without_an_endpoint_nothing_is_kept_for_one(send):
    send()

    assert not Announcement.objects.exists()


def test_many_are_told_in_parts(endpoint, send, django_assert_max_num_queries):
    order = send()
    Announcement.objects.all().delete()
    reward = order.rewards.get()
    Reward.objects.bulk_create(
        Reward(
            order=order,
            recipient=reward.recipient,
            product=reward.product,
            value_minor=1500,
            status=RewardStatus.SENT,
            sent_at=timezone.now(),
        )
        for _ in range(299)
    )

    parts = 1
    with django_assert_max_num_queries(25):
        assert not news.announce_some(order.pk)
    while not news.announce_some(order.pk):
        parts += 1

    assert parts == 3
    assert Announcement.objects.filter(kind=Kind.REWARD_SENT).count() == 300
    assert Announcement.objects.filter(kind=Kind.REWARD_PLACED).count() == 300
    assert Delivery.objects.filter(endpoint=endpoint).count() == 601


@pytest.mark.django_db(transaction=True)
def test_two_workers_announce_each_thing_once(endpoint, send, receiver):
    order = send()
    Announcement.objects.all().delete()
    start = threading.Barrier(4)

    def announce():
        start.wait()
        news.announce_some(order.pk)
        connection.close()

    threads = [threading.Thread(target=announce) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    kinds = Announcement.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [Kind.ORDER_APPROVED, Kind.REWARD_PLACED, Kind.REWARD_SENT]
    assert Delivery.objects.count() == 3
