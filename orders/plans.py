"""The plan of placements: who is in which request, frozen before the first is sent.

Each reward is in exactly one placement, and what is held for the placements is what was
held for the order.
"""

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from orders import following, frozen, po_numbers, pricing, screening
from orders.models import Order, Placement, Reward
from portal.money import Money
from portal.outbox.messages import enqueue


def make(order: Order) -> list[Placement]:
    """Freeze every reward of an order, held as its estimate; enqueues the placements.

    Within a verb that holds the order's lock and has its money set aside.
    """
    prices = pricing.Prices(order.currency)
    number = order.rewards.count()
    numbers = po_numbers.for_placements(
        order, -(-number // settings.PLACEMENT_MOST_LINES)
    )
    made: list[Placement] = []
    held = 0
    rewards = pricing.priced(order)
    for portion in screening.portions(rewards, settings.PLACEMENT_MOST_LINES):
        share = cost(portion, prices)
        is_last = len(made) == len(numbers) - 1
        # Where a price fell since approval, the last one carries the difference.
        share = order.estimate_minor - held if is_last else share
        made.append(freeze(order, portion, po_number=numbers[len(made)], held=share))
        held += share
    return made


def more(order: Order, rewards: Sequence[Reward]) -> list[Placement]:
    """Placements of rewards whose last one came to nothing, held at today's price.

    Within a verb that holds the order's lock and sets what they hold aside.
    """
    size = settings.PLACEMENT_MOST_LINES
    prices = pricing.Prices(order.currency)
    portions = [rewards[i : i + size] for i in range(0, len(rewards), size)]
    numbers = po_numbers.for_placements(order, len(portions))
    return [
        freeze(order, portion, po_number=number, held=cost(portion, prices))
        for portion, number in zip(portions, numbers, strict=True)
    ]


def freeze(
    order: Order, rewards: Sequence[Reward], *, po_number: str, held: int
) -> Placement:
    """One placement of these rewards, stored and enqueued; `held` in minor units."""
    for reward in rewards:
        reward.order = order
    placement = frozen.freeze(order, rewards, po_number=po_number, held_minor=held)
    placement.save()
    ids = [reward.pk for reward in rewards]
    Reward.objects.filter(pk__in=ids).update(placement=placement)
    following.ordered(order, rewards)
    enqueue("orders.place", placement.pk, {"placement": placement.pk})
    return placement


def cost(rewards: Sequence[Reward], prices: pricing.Prices) -> int:
    """What these cost at today's price, in minor units."""
    return sum(prices.of(each).total.minor for each in rewards)


def obstacle(order: Order, rewards: Sequence[Reward], approved: int) -> str:
    """Why rewards that waited may not go as they were approved, or nothing.

    `rewards` come with all that `pricing.priced` loads, `approved` is in minor units.
    """
    price = cost(rewards, pricing.Prices(order.currency))
    if price > approved:
        return _("The price rose from %(approved)s to %(now)s since approval.") % {
            "approved": Money.of_minor(approved, order.currency),
            "now": Money.of_minor(price, order.currency),
        }
    found = screening.parcel_problems(rewards) if order.is_postal else []
    return next((problem.message for problem in found if problem), "")
