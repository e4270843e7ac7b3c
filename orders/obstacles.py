"""What stands in the way of a stored order, in a few sentences however long it is."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from orders import batches, eligibility, pricing, screening
from orders.eligibility import Problem
from orders.models import Order, Reward

_MOST_SAID = 10


def of(order: Order, *, holds_budget: bool = False) -> list[Problem]:
    """Why an order may not be sent now; `holds_budget` if its money is set aside.

    Consent is left out then for a list: it is asked of each placement before its POST,
    so that one person who stops does not stop the others.
    """
    if order.shape == Order.Shape.LIST:
        return _of_list(order, holds_budget=holds_budget)
    if order.shape == Order.Shape.LINKS:
        return batches.problems(batches.wish_of(order), holds_budget=holds_budget)
    rewards = list(pricing.priced(order).select_related("recipient", "order"))
    found = [
        problem
        for reward in rewards
        for problem in eligibility.problems(
            eligibility.gift_of(order, reward), holds_budget=holds_budget
        )
    ]
    if order.is_postal:
        found += filter(None, screening.parcel_problems(rewards))
    return found


def _of_list(order: Order, *, holds_budget: bool) -> list[Problem]:
    if order.is_filling:
        return [Problem("rewards", _("Wait until every row of the list is in it."))]
    if order.rewards_count == 0:
        text = _("No row of the list can be sent. Go back to the list to correct them.")
        return [Problem("rewards", text)]
    found = list(eligibility.program_problems(order.program))
    if not holds_budget:
        found += eligibility.budget_problems(order.program, order.estimate)
    return found + _said(screening.of_stored(order, asks_consent=not holds_budget))


def _said(found: Iterable[tuple[Reward, Problem]]) -> list[Problem]:
    """One sentence for each thing that is wrong, with how often and where first."""
    counts: dict[Problem, int] = {}
    first: dict[Problem, int] = {}
    for reward, problem in found:
        counts[problem] = counts.get(problem, 0) + 1
        if problem not in first:
            first[problem] = reward.row.number if reward.row else 0
    in_list = _("%(count)s in the list, first in row %(row)s: %(reason)s")
    in_order = _("%(count)s in the order: %(reason)s")
    return [
        Problem(
            problem.field,
            (in_list if first[problem] else in_order)
            % {"count": n, "row": first[problem], "reason": problem.message},
        )
        for problem, n in list(counts.items())[:_MOST_SAID]
    ]
