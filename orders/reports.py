"""The figures of the home page, over the programs a person may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import ngettext, ngettext_lazy

from orders.models import Attempt, Order, Placement, Reward, Shipment
from orders.states import OrderStatus, RewardStatus
from portal.money import Money
from portal.permissions import Access, Permission
from programs import arrival
from programs.models import Program

WEEKS = 12
# Who is told of which orders, and in which words, most urgent first.
_NEEDS = (
    (
        Permission.ORDERS_CREATE,
        OrderStatus.NEEDS_ATTENTION,
        ngettext_lazy(
            "%(count)d order needs attention",
            "%(count)d orders need attention",
            "count",
        ),
    ),
    (
        Permission.ORDERS_APPROVE,
        OrderStatus.SUBMITTED,
        ngettext_lazy(
            "%(count)d order awaits approval",
            "%(count)d orders await approval",
            "count",
        ),
    ),
    (
        Permission.ORDERS_CREATE,
        OrderStatus.CHANGES_REQUESTED,
        ngettext_lazy(
            "%(count)d order needs changes", "%(count)d orders need changes", "count"
        ),
    ),
    (
        Permission.ORDERS_CREATE,
        OrderStatus.COLLECTING,
        ngettext_lazy(
            "%(count)d order waits for addresses",
            "%(count)d orders wait for addresses",
            "count",
        ),
    ),
    (
        Permission.ORDERS_CREATE,
        OrderStatus.DRAFT,
        ngettext_lazy("%(count)d draft", "%(count)d drafts", "count"),
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    sent: int
    claimed: int
    failed: int
    # One amount per currency: sums across currencies would be fiction.
    spent: Sequence[Money]
    available: Sequence[Money]

    @property
    def claimed_percent(self) -> str:
        """Of what was sent; a dash when nothing was."""
        return f"{100 * self.claimed // self.sent} %" if self.sent else "–"


@dataclass(frozen=True, slots=True)
class Point:
    """One bar of the chart."""

    label: str
    value: int
    text: str


@dataclass(frozen=True, slots=True)
class KnownBalance:
    """What the provider last said its account holds, and when."""

    amount: Money
    at: object


def figures(access: Access) -> Figures:
    """Counts of rewards and sums of budgets; three queries."""
    orders = Order.objects.reachable(access, Permission.ORDERS_VIEW)
    gone_out = [RewardStatus.SENT, RewardStatus.CLAIMED, RewardStatus.SHIPPED]
    rewards = Reward.objects.filter(order__in=orders.values("pk")).aggregate(
        sent=Count("pk", filter=Q(status__in=gone_out)),
        claimed=Count("pk", filter=Q(status=RewardStatus.CLAIMED)),
        failed=Count("pk", filter=Q(status=RewardStatus.FAILED)),
    )
    programs = Program.objects.reachable(access, Permission.PROGRAMS_VIEW)
    sums = (
        programs.values("currency")
        .annotate(
            all_spent=Sum("spent_minor"),
            all_held=Sum("held_minor"),
            all_funded=Sum("funded_minor"),
        )
        .order_by("currency")
    )
    return Figures(
        **rewards,
        spent=[Money.of_minor(row["all_spent"], row["currency"]) for row in sums],
        available=[_left(row) for row in sums],
    )


def weekly_spend(access: Access, currency: str) -> list[Point]:
    """What the provider charged in each of the last twelve weeks, oldest first."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    orders = Order.objects.reachable(access, Permission.ORDERS_VIEW)
    rows = (
        Placement.objects.filter(
            order__in=orders.filter(currency=currency).values("pk"),
            settled_at__date__gte=weeks[0],
            cost_minor__isnull=False,
        )
        .annotate(week=TruncWeek("settled_at"))
        .values("week")
        .annotate(total=Sum("cost_minor"))
    )
    spent = {_day(row["week"]): row["total"] for row in rows}
    return [
        Point(
            f"{week:%-d %b}",
            spent.get(week, 0),
            str(Money.of_minor(spent.get(week, 0), currency)),
        )
        for week in weeks
    ]


def needs_you(access: Access) -> list[dict[str, object]]:
    """What waits for this person, most urgent first; a query per permission."""
    counts = {
        permission: _by_status(access, permission)
        for permission in {permission for permission, *_ in _NEEDS}
    }
    return [
        {
            "words": words % {"count": count},
            "status": status,
            "inbox": permission is Permission.ORDERS_APPROVE,
        }
        for permission, status, words in _NEEDS
        if (count := counts[permission].get(status, 0))
    ]


def late_parcels(access: Access) -> str:
    """How many parcels this person may look after are late; empty for none."""
    if not access.anywhere(Permission.SHIPMENTS_MANAGE):
        return ""
    parcels = Shipment.objects.reachable(access, Permission.SHIPMENTS_MANAGE)
    count = parcels.late(arrival.local_day(timezone.now())).count()
    words = ngettext("%(n)s parcel is late", "%(n)s parcels are late", count)
    return words % {"n": intcomma(count)} if count else ""


def low_budgets(access: Access) -> list[Program]:
    """Active programs with less than a fifth of their budget left."""
    programs = Program.objects.reachable(access, Permission.PROGRAMS_VIEW).active()
    return [
        program
        for program in programs.filter(funded_minor__gt=0).order_by("name")[:200]
        if program.available.minor * 5 < program.funded_minor
    ]


def known_balance() -> KnownBalance | None:
    """The provider's account as of its last 422; it tells at no other time."""
    last = (
        Attempt.objects.filter(balance_minor__isnull=False)
        .select_related("placement__order")
        .order_by("-finished_at")
        .first()
    )
    if last is None or last.balance_minor is None:
        return None
    currency = last.placement.order.currency
    return KnownBalance(Money.of_minor(last.balance_minor, currency), last.finished_at)


def _by_status(access: Access, permission: Permission) -> dict[str, int]:
    """How many orders this permission reaches, by the statuses of _NEEDS."""
    if not access.anywhere(permission):
        return {}
    wanted = [status for needed, status, _words in _NEEDS if needed is permission]
    orders = Order.objects.reachable(access, permission).with_status(*wanted)
    return dict(orders.order_by().values_list("status").annotate(Count("pk")))


def _left(row: Mapping[str, Any]) -> Money:
    minor = row["all_funded"] - row["all_held"] - row["all_spent"]
    return Money.of_minor(minor, row["currency"])


def _day(moment: object) -> date:
    return moment.date() if hasattr(moment, "date") else moment  # type: ignore[return-value]
