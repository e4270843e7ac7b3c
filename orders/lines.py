"""The lines of a provider's order, taken into our rewards: forwards only."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from orders.models import Placement, Reward
from orders.states import PROVIDER_LINE_WORDS, REWARD_RANK, RewardStatus
from portal.money import Money
from portal.provider import bodies
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
# Product, value, quantity, and what of contacts, id and label the provider's line
# repeats.
_Held = tuple[str, Decimal | None, int | None, str, str, str, str]
Pair = tuple[Reward, ProviderLine]


def pairs(placement: Placement, found: ProviderOrder) -> list[Pair]:
    """The placement's rewards, each with its line; without those that have none."""
    loaded = ["shipment"] if placement.order.is_postal else []
    rewards = list(
        placement.rewards.select_related("product", "recipient", *loaded).order_by("pk")
    )
    for reward in rewards:
        reward.order, reward.placement = placement.order, placement
    return _pairs(rewards, found.lines)


def take(paired: Iterable[Pair], order_word: str) -> bool:
    """Bring rewards up to what their lines say; whether any changed."""
    changed = [reward for reward, line in paired if _advance(reward, line, order_word)]
    told = [[getattr(reward, name) for name in _TOLD] for reward in changed]
    loading.change(Reward, _TOLD, told)
    return bool(changed)


def filled(paired: Iterable[Pair], order_word: str) -> list[Pair]:
    """Those whose line says now that it was delivered, and not only that it will be."""
    delivered = (RewardStatus.SENT, RewardStatus.CLAIMED)
    return [
        (reward, line)
        for reward, line in paired
        if reward.status in delivered and _meant(line, order_word) in delivered
    ]


def differ(placement: Placement, paired: Sequence[Pair], found: ProviderOrder) -> str:
    """The problem if an order shows lines, and not exactly one for each of ours."""
    shown, ours = len(found.lines), len({reward.pk for reward, _line in paired})
    sent = placement.rewards.count()
    if not shown or shown == ours == sent:
        return ""
    return _(
        "Lines sent: %(sent)s; lines the provider shows: %(shown)s, of them ours: "
        "%(ours)s. Ask the provider; what it puts right is taken over by itself."
    ) % {"sent": f"{sent:,}", "shown": f"{shown:,}", "ours": f"{ours:,}"}


def is_cancelled(word: str) -> bool:
    """Whether the provider's word for an order means that it will not fill it."""
    return word.casefold() == "cancelled"


def _pairs(rewards: Sequence[Reward], lines: Sequence[ProviderLine]) -> list[Pair]:
    """Rewards with the provider's lines, by id once known, else by what they hold.

    Lines alike in everything are interchangeable, so order decides among them, unless
    they are parcels of which different things are said.
    """
    # A line that was sent without an id may be given one.
    ids = {reward.line_id.casefold() for reward in rewards if reward.line_id}
    by_id = {r.provider_line_id: r for r in rewards if r.provider_line_id}
    found, strangers = [], []
    for line in lines:
        if line.id in by_id:
            found.append((by_id[line.id], line))
        else:
            strangers.append(line)
    if any(reward.order.is_postal for reward in rewards):
        strangers = _told_apart(strangers)
    free = {reward.pk: reward for reward in rewards if not reward.provider_line_id}
    indexes: dict[tuple[bool, bool, bool, bool], dict[_Held, deque[int]]] = {}
    for line in strangers:
        external_id = line.external_id.casefold() if ids else ""
        # Our id says enough: a provider may write addresses in its own way.
        label = "" if external_id in ids else line.label
        repeats = (
            bool(line.email),
            bool(line.sms),
            bool(external_id),
            bool(label),
        )
        if repeats not in indexes:
            indexes[repeats] = _index(list(free.values()), *repeats)
        alike = indexes[repeats][_held_by(line, external_id, label)]
        while alike:
            if reward := free.pop(alike.popleft(), None):
                found.append((reward, line))
                break
    return found


def _index(
    rewards: Sequence[Reward],
    by_email: bool,
    by_sms: bool,
    by_external_id: bool,
    by_label: bool,
) -> dict[_Held, deque[int]]:
    index: dict[_Held, deque[int]] = defaultdict(deque)
    for reward in rewards:
        held = (
            reward.product.provider_id.casefold(),
            reward.value.amount,
            reward.quantity,
            reward.email.casefold() if by_email else "",
            reward.phone if by_sms else "",
            reward.line_id.casefold() if by_external_id else "",
            _label(reward) if by_label else "",
        )
        index[held].append(reward.pk)
    return index


def _told_apart(lines: Sequence[ProviderLine]) -> list[ProviderLine]:
    """Without nameless lines that are alike but for the word: whose is which?"""
    words: dict[tuple[object, ...], set[str]] = defaultdict(set)
    for line in lines:
        words[_nameless(line)].add(line.status.casefold())
    return [
        line
        for line in lines
        if line.external_id or line.label or len(words[_nameless(line)]) == 1
    ]


def _nameless(line: ProviderLine) -> tuple[object, ...]:
    return line.product_id, line.value, line.quantity, line.external_id, line.label


def _held_by(line: ProviderLine, external_id: str, label: str) -> _Held:
    return (
        line.product_id.casefold(),
        line.value,
        line.quantity,
        line.email.casefold(),
        line.sms,
        external_id,
        label,
    )


def _label(reward: Reward) -> str:
    """Empty for what is not posted, which the provider gives no label either."""
    if not reward.order.is_postal:
        return ""
    parcel = reward.shipment
    return bodies.label(parcel.name, parcel.line1, parcel.postal_code)


def _advance(reward: Reward, line: ProviderLine, order_word: str) -> bool:
    now = timezone.now()
    before = (reward.status, reward.provider_status)
    reward.provider_line_id = line.id[:100]
    reward.provider_status = line.status[:50]
    if line.cost is not None:
        cost = Money.rounded(line.cost, reward.order.currency)
        reward.cost_minor = cost.minor
    to = _meant(line, order_word)
    if is_cancelled(order_word) and to == RewardStatus.PLACED:
        to = RewardStatus.CANCELLED
    if REWARD_RANK[to] > REWARD_RANK[RewardStatus(reward.status)]:
        reward.status = to
        if to in (RewardStatus.SENT, RewardStatus.SHIPPED, RewardStatus.CLAIMED):
            reward.sent_at = reward.sent_at or now
        if to == RewardStatus.CLAIMED:
            reward.claimed_at = now
        if to == RewardStatus.CANCELLED:
            reward.problem = _cancelled_words(reward)
    return (reward.status, reward.provider_status) != before


def _meant(line: ProviderLine, order_word: str) -> RewardStatus:
    # A line without a word of its own has its order's (provider-api: 5.2).
    word = (line.status or order_word).casefold()
    return PROVIDER_LINE_WORDS.get(word, RewardStatus.PLACED)


def _cancelled_words(reward: Reward) -> str:
    settled = reward.placement is not None and reward.placement.settled_at is not None
    if not settled:
        return _("The provider cancelled it.")
    # Whether it is refunded, the provider does not say (provider-api: 2).
    return _(
        "The provider cancelled it after it was charged. Ask for the money there, then "
        "adjust the budget."
    )
