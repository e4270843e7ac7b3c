"""The state machine: declared edges only, and an end that is an end."""

import pytest

from orders import lifecycle
from orders.models import Order
from orders.states import (
    EDITABLE,
    HOLDING,
    ORDER_STATES,
    PLACEMENT_STATES,
    PROVIDER_LINE_WORDS,
    PROVIDER_ORDER_WORDS,
    REWARD_FINAL,
    REWARD_RANK,
    REWARD_STATES,
    TRANSITIONS,
    OrderStatus,
    PlacementStatus,
    RewardStatus,
    Tone,
)
from tests import factories

S = OrderStatus
FINAL = {S.REJECTED, S.CANCELLED, S.EXPIRED}


@pytest.fixture
def order(program, cvs, manu):
    return factories.make_draft(program, cvs, manu)


@pytest.mark.parametrize("at", OrderStatus)
def test_an_order_moves_along_declared_edges_only(order, at):
    for to in OrderStatus:
        Order.objects.filter(pk=order.pk).update(status=at)
        order.refresh_from_db()
        before = order.version

        if to in TRANSITIONS[at]:
            lifecycle.move(order, to)
            stored = Order.objects.get(pk=order.pk)
            assert (stored.status, stored.version) == (to, before + 1)
        else:
            with pytest.raises(lifecycle.TransitionRefused) as refusal:
                lifecycle.move(order, to)
            assert refusal.value.to == to
            stored = Order.objects.get(pk=order.pk)
            assert (stored.status, stored.version) == (at, before)


def test_what_has_ended_never_leaves():
    assert {status for status in S if not TRANSITIONS[status]} == FINAL


def test_what_was_completed_comes_back_only_for_a_person():
    ended = {S.COMPLETED, S.COMPLETED_WITH_FAILURES}
    followers = set().union(*(TRANSITIONS[status] for status in ended)) - ended

    # Placing: what failed is tried again by a person.
    assert followers == {S.NEEDS_ATTENTION, S.PLACING}
    assert S.PLACING not in TRANSITIONS[S.COMPLETED]
    assert S.COMPLETED not in TRANSITIONS[S.COMPLETED_WITH_FAILURES]


def test_nothing_that_may_have_been_sent_becomes_editable_again():
    reachable, seen = [S.PLACING], set()
    while reachable:
        status = reachable.pop()
        if status not in seen:
            seen.add(status)
            reachable += TRANSITIONS[status]

    assert not seen & (EDITABLE | {S.SUBMITTED, S.APPROVED})


def test_every_status_can_be_reached_from_a_draft():
    reachable, seen = [S.DRAFT], set()
    while reachable:
        status = reachable.pop()
        if status not in seen:
            seen.add(status)
            reachable += TRANSITIONS[status]

    assert seen == set(S)


def test_money_is_never_held_for_what_can_be_edited_or_has_ended():
    assert not HOLDING & (EDITABLE | FINAL)


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (OrderStatus, ORDER_STATES),
        (RewardStatus, REWARD_STATES),
        (PlacementStatus, PLACEMENT_STATES),
    ],
)
def test_every_status_has_its_words(words, states):
    assert set(states) == set(words)
    for state in states.values():
        assert str(state.label)
        assert str(state.meaning).endswith(".")
        assert isinstance(state.tone, Tone)


def test_a_reward_goes_from_queued_to_its_end():
    assert set(REWARD_RANK) == set(RewardStatus)
    path = [RewardStatus.QUEUED, RewardStatus.PLACED, RewardStatus.SENT]
    ranks = [REWARD_RANK[status] for status in [*path, RewardStatus.CLAIMED]]

    assert ranks == sorted(set(ranks))
    assert REWARD_RANK[RewardStatus.FAILED] > REWARD_RANK[RewardStatus.CLAIMED]
    assert REWARD_RANK[RewardStatus.CANCELLED] > REWARD_RANK[RewardStatus.CLAIMED]
    assert {RewardStatus.CLAIMED, RewardStatus.FAILED} <= REWARD_FINAL


def test_every_documented_word_of_the_provider_is_known():
    order_words = "Pending Processing AwaitingApproval Completed Cancelled"
    line_words = "Pending Completed Cancelled Sent Claimed SentToFulfillment Shipped"

    assert {*order_words.lower().split()} == set(PROVIDER_ORDER_WORDS) - {""}
    assert {*line_words.lower().split()} == set(PROVIDER_LINE_WORDS) - {""}


def test_no_word_of_the_provider_means_that_a_reward_failed():
    # provider-api, Statuses: there is no Failed; only a refusal makes one.
    assert RewardStatus.FAILED not in PROVIDER_LINE_WORDS.values()
    assert PlacementStatus.REFUSED not in PROVIDER_ORDER_WORDS.values()
