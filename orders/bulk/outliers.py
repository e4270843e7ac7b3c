"""Which rewards of a list an approver should see with their own eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.expressions import CombinedExpression
from django.utils.translation import gettext as _

from orders.bulk import samples
from orders.models import Order, Reward, Shipment
from programs.models import RowProblem
from programs.sheets import kinds

_SHOWN: Final = 5
_MOST_FLAGGED: Final = 20
# Primes: ids times the one, modulo the other, come out in an order nobody chose.
_FACTOR: Final = 2_147_483_647
_MODULUS: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class Pick:
    """One reward, and what its row was warned of; `label` is where it is posted."""

    reward: Reward
    warnings: Sequence[str] = ()
    label: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outliers:
    """The largest, some drawn by lot, and those whose row came with a warning.

    `kept` are parcels whose address is in doubt, with the reason to keep it.
    """

    largest: Sequence[Pick]
    drawn: Sequence[Pick]
    flagged: Sequence[Pick]
    flagged_count: int
    kept: Sequence[Pick] = ()


def of(order: Order, *, has_kept: bool = False) -> Outliers:
    """The same rewards for everybody who looks at the same content.

    Five queries, one more where some `has_kept` its address as it was typed.
    """
    loaded = ["recipient", "product", "row", "order"]
    loaded += ["shipment__overridden_by"] if order.is_postal else []
    loaded += ["award__event"] if order.origin == Order.Origin.COLLECTED else []
    rewards = order.rewards.select_related(*loaded)
    face = F("value_minor") * F("quantity")
    flagged = flagged_in(rewards)
    warned = _warned(flagged.order_by("pk")[:_MOST_FLAGGED])
    return Outliers(
        largest=_picks(rewards.order_by(-face, "pk")),
        drawn=_picks(rewards.order_by(_lot(order.content_hash), "pk")),
        flagged=warned,
        flagged_count=flagged.count() if len(warned) == _MOST_FLAGGED else len(warned),
        kept=_kept(rewards) if has_kept else (),
    )


def kept_in(rewards: QuerySet[Reward]) -> QuerySet[Reward]:
    """Those that are posted to an address that somebody kept for a reason."""
    return rewards.exclude(shipment__reason="").filter(shipment__isnull=False)


def flagged_in(rewards: QuerySet[Reward]) -> QuerySet[Reward]:
    """Those whose row of the list came with a warning."""
    return rewards.filter(row__has_warning=True)


def _picks(rewards: QuerySet[Reward]) -> list[Pick]:
    return [Pick(reward, label=_label(reward)) for reward in rewards[:_SHOWN]]


def _kept(rewards: QuerySet[Reward]) -> list[Pick]:
    return [
        Pick(reward, [_reason(reward.shipment)], _label(reward))
        for reward in kept_in(rewards).order_by("pk")[:_MOST_FLAGGED]
    ]


def _reason(parcel: Shipment) -> str:
    words = {"reason": parcel.reason, "person": parcel.overridden_by or _("somebody")}
    return _("%(person)s: %(reason)s") % words


def _label(reward: Reward) -> list[str]:
    return samples.label_of(reward) if reward.order.is_postal else []


def _warned(rewards: Iterable[Reward]) -> list[Pick]:
    shown = list(rewards)
    said: dict[int | None, list[str]] = {}
    rows = [reward.row_id for reward in shown]
    problems = RowProblem.objects.filter(row__in=rows, is_error=False).order_by("pk")
    for problem in problems:
        said.setdefault(problem.row_id, []).append(kinds.message(problem))
    return [
        Pick(reward, said.get(reward.row_id, ()), _label(reward)) for reward in shown
    ]


def _lot(content_hash: str) -> CombinedExpression:
    # Whoever wrote the list cannot know the lot: the hash is over all of it.
    seed = int(content_hash[:12] or "0", 16) % _FACTOR + 1
    return (F("id") * seed) % _MODULUS
