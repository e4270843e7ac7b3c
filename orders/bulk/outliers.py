"""Which rewards of a list an approver should see with their own eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.expressions import CombinedExpression

from orders.models import Order, Reward
from programs.models import RowProblem
from programs.sheets import kinds

_SHOWN: Final = 5
_MOST_FLAGGED: Final = 20
# Primes: ids times the one, modulo the other, come out in an order nobody chose.
_FACTOR: Final = 2_147_483_647
_MODULUS: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class Pick:
    """One reward, and what its row was warned of."""

    reward: Reward
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outliers:
    """The largest, some drawn by lot, and those whose row came with a warning."""

    largest: Sequence[Pick]
    drawn: Sequence[Pick]
    flagged: Sequence[Pick]
    flagged_count: int


def of(order: Order) -> Outliers:
    """The same rewards for everybody who looks at the same content; five queries."""
    rewards = order.rewards.select_related("recipient", "product", "row", "order")
    face = F("value_minor") * F("quantity")
    flagged = flagged_in(rewards)
    warned = _warned(flagged.order_by("pk")[:_MOST_FLAGGED])
    return Outliers(
        largest=_picks(rewards.order_by(-face, "pk")),
        drawn=_picks(rewards.order_by(_lot(order.content_hash), "pk")),
        flagged=warned,
        flagged_count=flagged.count() if len(warned) == _MOST_FLAGGED else len(warned),
    )


def flagged_in(rewards: QuerySet[Reward]) -> QuerySet[Reward]:
    """Those whose row of the list came with a warning."""
    return rewards.filter(row__has_warning=True)


def _picks(rewards: QuerySet[Reward]) -> list[Pick]:
    return [Pick(reward) for reward in rewards[:_SHOWN]]


def _warned(rewards: Iterable[Reward]) -> list[Pick]:
    shown = list(rewards)
    said: dict[int | None, list[str]] = {}
    rows = [reward.row_id for reward in shown]
    problems = RowProblem.objects.filter(row__in=rows, is_error=False).order_by("pk")
    for problem in problems:
        said.setdefault(problem.row_id, []).append(kinds.message(problem))
    return [Pick(reward, said.get(reward.row_id, ())) for reward in shown]


def _lot(content_hash: str) -> CombinedExpression:
    # Whoever wrote the list cannot know the lot: the hash is over all of it.
    seed = int(content_hash[:12] or "0", 16) % _FACTOR + 1
    return (F("id") * seed) % _MODULUS
