"""The lines of a provider's order, taken into our rewards: forwards only."""

from collections import defaultdict, deque
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Placement, Reward
from orders.states import PROVIDER_LINE_WORDS, REWARD_RANK, RewardStatus
from portal.money import Money
from portal.provider.types import ProviderLine, ProviderOrder
from programs.sheets import loading

_TOLD = (
    "id",
    "status",
    "problem",
    "provider_line_id",
    "provider_status",
    "cost_minor",
    "sent_at",
    "claimed_at",
)
# Product, value, quantity, and the contacts that the provider's line repeats.
_Held = tuple[str, Decimal | None, int | None, str, str]


def take(placement: Placement, found: ProviderOrder) -> bool:
    """Bring the placement's rewards up to what their lines say; whether any changed."""
    rewards = list(
        placement.rewards.select_related("product", "recipient").order_by("pk")
    )
    for reward in rewards:
        reward.order, reward.placement = placement.order, placement
    changed = [
        reward
        for reward, line in _pairs(rewards, found.lines)
        if _advance(reward, line, found.status)
    ]
    told = [[getattr(reward, name) for name in _TOLD] for reward in changed]
    loading.change(Reward, _TOLD, told)
    return bool(changed)


def is_cancelled(word: str) -> bool:
    """Whether the provider's word for an order means that it will not fill it."""
    return word.casefold() == "cancelled"


def _pairs(
    rewards: Sequence[Reward], lines: Sequence[ProviderLine]
) -> list[tuple[Reward, ProviderLine]]:
    """Rewards with the provider's lines, by id once known, else by what they hold.

    Lines alike in everything are interchangeable, so order decides among them.
    """
    by_id = {r.provider_line_id: r for r in rewards if r.provider_line_id}
    pairs, strangers = [], []
    for line in lines:
        if line.id in by_id:
            pairs.append((by_id[line.id], line))
        else:
            strangers.append(line)
    free = {reward.pk: reward for reward in rewards if not reward.provider_line_id}
    indexes: dict[tuple[bool, bool], dict[_Held, deque[int]]] = {}
    for line in strangers:
        repeats = (bool(line.email), bool(line.sms))
        if repeats not in indexes:
            indexes[repeats] = _index(list(free.values()), *repeats)
        alike = indexes[repeats][_held_by(line)]
        while alike:
            if reward := free.pop(alike.popleft(), None):
                pairs.append((reward, line))
                break
    return pairs


def _index(
    rewards: Sequence[Reward], by_email: bool, by_sms: bool
) -> dict[_Held, deque[int]]:
    index: dict[_Held, deque[int]] = defaultdict(deque)
    for reward in rewards:
        held = (
            reward.product.provider_id.casefold(),
            reward.value.amount,
            reward.quantity,
            reward.email.casefold() if by_email else "",
            reward.phone if by_sms else "",
        )
        index[held].append(reward.pk)
    return index


def _held_by(line: ProviderLine) -> _Held:
    return (
        line.product_id.casefold(),
        line.value,
        line.quantity,
        line.email.casefold(),
        line.sms,
    )


def _advance(reward: Reward, line: ProviderLine, order_word: str) -> bool:
    now = timezone.now()
    before = (reward.status, reward.provider_status)
    reward.provider_line_id = line.id[:100]
    reward.provider_status = line.status[:50]
    if line.cost is not None:
        cost = Money.rounded(line.cost, reward.order.currency)
        reward.cost_minor = cost.minor
    # A line without a word of its own has its order's (provider-api: 5.2).
    word = (line.status or order_word).casefold()
    to = PROVIDER_LINE_WORDS.get(word, RewardStatus.PLACED)
    if is_cancelled(order_word) and to == RewardStatus.PLACED:
        to = RewardStatus.CANCELLED
    if REWARD_RANK[to] > REWARD_RANK[RewardStatus(reward.status)]:
        reward.status = to
        if to in (RewardStatus.SENT, RewardStatus.CLAIMED):
            reward.sent_at = reward.sent_at or now
        if to == RewardStatus.CLAIMED:
            reward.claimed_at = now
        if to == RewardStatus.CANCELLED:
            reward.problem = _cancelled_words(reward)
    return (reward.status, reward.provider_status) != before


def _cancelled_words(reward: Reward) -> str:
    settled = reward.placement is not None and reward.placement.settled_at is not None
    if not settled:
        return _("The provider cancelled it.")
    # Whether it is refunded, the provider does not say (provider-api: 2).
    return _(
        "The provider cancelled it after it was charged. Ask for the money there, then "
        "adjust the budget."
    )
