"""The provider's links, taken into their batch: each once, however often one looks.

What is not as it was ordered is kept with its problem and never handed out. It heals by
itself when a later look brings it right.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Max
from django.utils import timezone

from orders.claims import flaws, sealing
from orders.claims.flaws import Flaw
from orders.models import Claim, LinkBatch, Placement, Reward
from orders.models.order import new_reference
from orders.states import RewardStatus
from portal.provider.types import ClaimData, ProviderLine
from programs.sheets import loading

# The database takes no more values in one question.
_AT_ONCE: Final = 5000
_SEALED: Final = (
    "provider_claim_id",
    "secret_ciphertext",
    "link_digest",
    "token_digest",
    "problem",
)
_NEW: Final = (
    "batch_id",
    "reward_id",
    "number",
    "code",
    "expires_at",
    "created_at",
    "issue",
    "opens",
    "scans",
    "holder_digest",
    "version",
    *_SEALED,
)
_HEALED: Final = ("id", "version", *_SEALED)


@dataclass(frozen=True, slots=True)
class Taken:
    """Whether any link is new or other than before, and what is wrong with them."""

    changed: bool = False
    problem: str = ""


@dataclass(slots=True)
class _Arrival:
    """A link as the answer has it; `row` is the claim that is kept of it already."""

    reward: Reward
    data: ClaimData = field(repr=False)
    digest: str
    flaw: Flaw
    row: Claim | None = None

    @property
    def is_good(self) -> bool:
        """What is kept and good stays so, whatever is said of it later."""
        return self.row is not None and not self.row.problem


def lock(placement: Placement) -> None:
    """Let nobody else change links of its batch: a handout goes through all of them.

    The caller holds the order's lock already.
    """
    LinkBatch.objects.select_for_update().get(order=placement.order_id)


def take(placement: Placement, filled: Sequence[tuple[Reward, ProviderLine]]) -> Taken:
    """Keep the links of lines that are filled; before that, nobody reads them.

    The caller has called `lock`, and has brought the rewards up to their lines.
    """
    delivered = (RewardStatus.SENT, RewardStatus.CLAIMED)
    asked = dict(
        placement.rewards.filter(status__in=delivered).values_list("pk", "quantity")
    )
    if not asked:
        return Taken()
    rows = _rows(placement)
    arrivals = _arrivals(filled)
    _match(rows, arrivals)
    good = Counter(row.reward_id for row in rows if not row.problem)
    _judge(arrivals, good)
    changed = _insert(placement, [each for each in arrivals if each.row is None])
    changed |= _heal([each for each in arrivals if each.row and not each.is_good])
    changed |= _redeem([reward for reward, _line in filled], rows)
    return Taken(changed, _problem(asked, arrivals, good))


def stop(rewards: Iterable[Reward]) -> bool:
    """The provider cancelled them: what is kept of them is no longer good.

    A card somebody has already is theirs to ask about; that link stays as it is.
    """
    gone = [each.pk for each in rewards if each.status == RewardStatus.CANCELLED]
    if not gone:
        return False
    claims = Claim.objects.good().filter(reward__in=gone)
    return bool(
        claims.filter(claimed_at=None, redeemed_at=None).update(
            problem=flaws.explain(Flaw.CANCELLED), version=F("version") + 1
        )
    )


def _rows(placement: Placement) -> list[Claim]:
    """What is kept of this placement; its secrets stay shut."""
    claims = Claim.objects.filter(reward__placement=placement).order_by("number")
    names = ("reward_id", "provider_claim_id", "link_digest", "problem", "redeemed_at")
    return list(claims.only("version", *names))


def _arrivals(filled: Iterable[tuple[Reward, ProviderLine]]) -> list[_Arrival]:
    found = [(reward, data) for reward, line in filled for data in line.claims]
    digests = sealing.link_digests(data.link for _reward, data in found)
    return [
        _Arrival(reward, data, digest, flaws.of_link(data))
        for (reward, data), digest in zip(found, digests, strict=True)
    ]


_Key = Hashable | None
# What tells that an arrival is a row, the surest first. A row that is good is known by
# its link alone: another link under its id is another card's until somebody has asked.
_LIKENESS: Final[
    Sequence[tuple[Callable[[Claim], _Key], Callable[[_Arrival], _Key]]]
] = (
    (
        lambda row: (row.provider_claim_id, row.link_digest),
        lambda each: (each.data.id[:100], each.digest),
    ),
    (lambda row: row.link_digest, lambda each: each.digest),
    (
        lambda row: (row.provider_claim_id if row.problem else "") or None,
        lambda each: each.data.id[:100] or None,
    ),
    # An empty link without an id, and what came in its place.
    (
        lambda row: True if row.link_digest == sealing.link_digest("") else None,
        lambda each: True,
    ),
)


def _match(rows: Iterable[Claim], arrivals: Sequence[_Arrival]) -> None:
    """Find for each arrival the row it is, among those of its reward."""
    left = list(rows)
    for of_row, of_arrival in _LIKENESS:
        alike: dict[tuple[int, Hashable], deque[Claim]] = defaultdict(deque)
        for row in left:
            if (key := of_row(row)) is not None:
                alike[row.reward_id, key].append(row)
        for each in arrivals:
            key = of_arrival(each)
            found = alike.get((each.reward.pk, key)) if each.row is None else None
            if key is not None and found:
                each.row = found.popleft()
        taken = {each.row.pk for each in arrivals if each.row}
        left = [row for row in left if row.pk not in taken]


def _judge(arrivals: Iterable[_Arrival], good: Counter[int]) -> None:
    """Say what is wrong with all that is not kept as good; count what is good."""
    open_ = [each for each in arrivals if not each.is_good and not each.flaw]
    known = _known({each.digest for each in open_})
    for each in open_:
        if each.digest in known:
            each.flaw = Flaw.REPEATED
        elif good[each.reward.pk] >= each.reward.quantity:
            each.flaw = Flaw.SURPLUS
        else:
            good[each.reward.pk] += 1
            known.add(each.digest)


def _known(digests: set[str]) -> set[str]:
    """Those of these links that are good somewhere already, in any batch."""
    wanted, known = sorted(digests), set[str]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        found = Claim.objects.filter(link_digest__in=some, problem="")
        known.update(found.values_list("link_digest", flat=True))
    return known


def _insert(placement: Placement, arrivals: Sequence[_Arrival]) -> bool:
    """New claims, numbered on within the batch."""
    if not arrivals:
        return False
    batch = LinkBatch.objects.get(order=placement.order_id)
    last = batch.claims.aggregate(last=Max("number"))["last"] or 0
    now = timezone.now()
    # Should a code be taken, the look fails, and the next one draws others.
    rows = (
        (
            *(batch.pk, each.reward.pk, number, new_reference()),
            *(batch.expires_at, now, 1, 0, 0, "", 1),
            *_sealed(each),
        )
        for number, each in enumerate(arrivals, start=last + 1)
    )
    loading.load(Claim, _NEW, rows)
    return True


def _heal(arrivals: Iterable[_Arrival]) -> bool:
    """Rows with a problem that is another one now, or none."""
    told: list[Sequence[Any]] = []
    for each in arrivals:
        row = each.row
        assert row is not None  # noqa: S101  (the caller has chosen them)
        is_same = row.link_digest == each.digest
        if not is_same or row.problem != flaws.explain(each.flaw):
            told.append((row.pk, row.version + 1, *_sealed(each)))
    loading.change(Claim, _HEALED, told)
    return bool(told)


def _sealed(each: _Arrival) -> tuple[str, ...]:
    """The values of _SEALED: what never left the portal gets a seed of its own."""
    secret = sealing.fresh(each.data.link, each.data.challenge_answer)
    return (
        each.data.id[:100],
        sealing.seal(secret),
        each.digest,
        sealing.token_digest(secret.token),
        flaws.explain(each.flaw),
    )


def _redeem(rewards: Iterable[Reward], rows: Iterable[Claim]) -> bool:
    """The provider says Claimed; of a line with several links nobody can tell which."""
    done = {row.reward_id for row in rows if row.redeemed_at}
    claimed = [
        each.pk
        for each in rewards
        if each.status == RewardStatus.CLAIMED
        and each.quantity == 1
        and each.pk not in done
    ]
    if not claimed:
        return False
    claims = Claim.objects.filter(reward__in=claimed, problem="", redeemed_at=None)
    now = timezone.now()
    return bool(claims.update(redeemed_at=now, version=F("version") + 1))


def _problem(
    asked: Mapping[int, int], arrivals: Iterable[_Arrival], good: Counter[int]
) -> str:
    """Of all that was ever delivered: an answer that shows less puts nothing right."""
    flawed = [each for each in arrivals if not each.is_good and each.flaw]
    bad = Counter(each.reward.pk for each in flawed)
    return flaws.summary(
        good=sum(good[pk] for pk in asked),
        asked=sum(asked.values()),
        missing=sum(max(0, n - good[pk] - bad[pk]) for pk, n in asked.items()),
        found=Counter(each.flaw for each in flawed),
    )
