"""What is new of an order: each thing is announced once, and to every endpoint.

Nobody writes down what changed. What is so is compared with what was announced, so that
nothing is lost by a crash and nothing is said twice.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from orders import lifecycle
from orders.models import Announcement, Endpoint, Kind, Order, Reward
from orders.states import OrderStatus, RewardStatus
from orders.webhooks import delivering, telling
from programs import arrival

# Few enough that nobody waits long for the order's row.
_AT_ONCE: Final = 200
_R = RewardStatus
# What a reward is by now, it was announced to become, even if it skipped a word.
_WORDS: Final[Mapping[Kind, Collection[RewardStatus]]] = {
    Kind.REWARD_PLACED: (_R.PLACED, _R.SENT, _R.SHIPPED, _R.CLAIMED),
    Kind.REWARD_SENT: (_R.SENT, _R.SHIPPED, _R.CLAIMED),
    Kind.REWARD_CLAIMED: (_R.CLAIMED,),
    Kind.REWARD_FAILED: (_R.FAILED, _R.CANCELLED),
}
_APPROVED: Final = frozenset(
    {
        OrderStatus.APPROVED,
        OrderStatus.PLACING,
        OrderStatus.NEEDS_ATTENTION,
        OrderStatus.COMPLETED,
        OrderStatus.COMPLETED_WITH_FAILURES,
    }
)


@transaction.atomic(durable=True)
def announce_some(order_id: int) -> bool:
    """Announce a part of what is new of an order; whether that was all.

    Safe to repeat. Not journalled: an announcement is a record itself.
    """
    order = lifecycle.lock(order_id)
    endpoints = list(Endpoint.objects.filter(program=order.program_id))
    if not endpoints:
        return True
    since = min(endpoint.created_at for endpoint in endpoints)
    now = timezone.now()
    found = list(_of_order(order, since, now))
    for kind in _WORDS:
        rewards = _news(order, kind, since)[: _AT_ONCE - len(found)]
        for reward in rewards:
            at = _moment(order, reward, kind) or now
            found.append(telling.of_reward(order, reward, kind, at))
    delivering.hand_over(Announcement.objects.bulk_create(found), endpoints)
    return len(found) < _AT_ONCE


def _of_order(order: Order, since: datetime, now: datetime) -> Iterator[Announcement]:
    if order.status in _APPROVED:
        kind, at = Kind.ORDER_APPROVED, order.approved_at or now
    elif order.status == OrderStatus.REJECTED:
        kind, at = Kind.ORDER_REJECTED, now
    else:
        return
    told = Announcement.objects.filter(kind=kind, order=order, reward=None)
    if at >= since and not told.exists():
        yield telling.of_order(order, kind, at)


def _news(order: Order, kind: Kind, since: datetime) -> QuerySet[Reward]:
    """The rewards of which this is so and was not announced."""
    words = set(_WORDS[kind])
    if kind == Kind.REWARD_SENT and order.is_postal:
        # Of a card in the post, the word only says that it is packed.
        words.remove(_R.SENT)
    if kind == Kind.REWARD_FAILED and order.approved_at is None:
        # Nobody was told to expect it.
        words.remove(_R.CANCELLED)
    told = Announcement.objects.filter(kind=kind, reward=OuterRef("pk"))
    rewards = Reward.objects.filter(
        ~Exists(told), _since(order, kind, since), order=order, status__in=words
    )
    return rewards.select_related("award__event").order_by("pk")


def _since(order: Order, kind: Kind, since: datetime) -> Q:
    """Of an order that was over before anybody wanted to be told, only what is new."""
    if order.completed_at is None or order.completed_at >= since:
        return Q()
    if kind == Kind.REWARD_CLAIMED:
        return Q(claimed_at__gte=since)
    if kind == Kind.REWARD_SENT and order.is_postal:
        return Q(shipment__shipped_on__gte=arrival.local_day(since))
    return Q(pk__in=[])


def _moment(order: Order, reward: Reward, kind: Kind) -> datetime | None:
    if kind == Kind.REWARD_CLAIMED:
        return reward.claimed_at
    if kind == Kind.REWARD_SENT and not order.is_postal:
        return reward.sent_at
    return None
