"""What the pages tell of an order: its acts, its cost, its first recipient."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Award, Order, Placement, Reward
from portal.audit import timeline as journal_timeline
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.audit.timeline import Event
from portal.money import Money


def timeline(
    order: Order, placements: Sequence[Placement], parcels: Sequence[int] = ()
) -> Sequence[Event]:
    """Every act on the order, its placements and these parcels, newest first."""
    ids = [placement.pk for placement in placements]
    return journal_timeline.timeline(
        [("order", [order.pk]), ("placement", ids), ("shipment", parcels)],
        describe=lambda entry: _detail(entry, order.currency),
    )


def cost_of(order: Order, placements: Sequence[Placement]) -> Money | None:
    """What the provider charged so far; None before it said anything."""
    costs = [p.cost_minor for p in placements if p.cost_minor is not None]
    return Money.of_minor(sum(costs), order.currency) if costs else None


def _detail(entry: Entry, currency: str) -> str:
    """What the entry's data says, in a sentence."""
    data = entry.data
    if entry.action in (Action.PLACEMENT_ATTEMPTED, Action.PLACEMENT_ANSWERED):
        words = [_("Attempt %(number)s") % {"number": data.get("attempt", "")}]
        words += [str(data[name]) for name in ("outcome", "status") if data.get(name)]
        return ": ".join([words[0].strip(), ", ".join(words[1:])]).strip(": ")
    if entry.action == Action.PLACEMENT_UPDATED:
        counts = data.get("counts") or Counter(data.get("rewards", {}).values())
        return ", ".join(f"{number} {word}" for word, number in counts.items())
    if entry.action == Action.PLACEMENT_HINTED:
        return _("The provider called, so the portal looks now.")
    if isinstance(count := data.get("rewards"), int):
        counted = ngettext("%(count)s reward", "%(count)s rewards", count)
        return counted % {"count": intcomma(count)}
    if "estimate" in data:
        return str(Money.of_minor(data["estimate"], currency))
    return ""


def add_first_rewards(orders: Sequence[Order]) -> None:
    """Give each order of one reward that one; others have no first.

    And each that was triggered what it was triggered by. Two queries.
    """
    single = [order.pk for order in orders if order.shape == Order.Shape.SINGLE]
    rewards = (
        Reward.objects.filter(order__in=single)
        .select_related("recipient", "product")
        .order_by("-pk")
    )
    first = {reward.order_id: reward for reward in rewards}
    names = _triggers(orders)
    for order in orders:
        order.first_reward = first.get(order.pk)
        order.triggered_by = names.get(order.pk, "")


def _triggers(orders: Sequence[Order]) -> Mapping[int, str]:
    """The rule, or the key, behind those that another system triggered; one query."""
    found = [order.pk for order in orders if order.origin != Order.Origin.PERSON]
    if not found:
        return {}
    name = Coalesce("rule__name", "event__key__name")
    names = Award.objects.filter(reward__order=OuterRef("pk")).values_list(name)[:1]
    named = Order.objects.filter(pk__in=found).annotate(name=Subquery(names))
    return {pk: name or "" for pk, name in named.values_list("pk", "name")}
