"""The checks an approver sees for a whole list, with a fixed number of queries.

Every single reward was checked when the order was submitted, and is again before it is
sent; here is what can have changed since, and what no single reward shows.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import eligibility
from orders.bulk import tallies
from orders.checks import Check, budget, number
from orders.eligibility import Gift, Problem
from orders.models import Order
from portal.money import Money
from programs import catalogue
from programs.models import ConsentEntry


def checks(
    order: Order, lines: Iterable[tallies.ProductLine], rewards: tallies.Rewards
) -> list[Check]:
    """One check per rule, for a submitted order whose budget is held."""
    gifts = list(_gifts(order, lines))
    return [
        _check(_("The program runs"), eligibility.program_problems(order.program)),
        _check(_("Products and values are on sale"), _products(order, gifts)),
        _check(_("Each reward is within the cap"), _caps(order, gifts)),
        _consent(order),
        _check(
            _("Delivery dates to come"),
            eligibility.delivery_problems(rewards.first_delivery),
        ),
        budget(order),
        number(order),
    ]


def _products(order: Order, gifts: Iterable[Gift]) -> Iterator[Problem]:
    offered = set(catalogue.offered_in(order.program).values_list("pk", flat=True))
    for gift in gifts:
        yield from eligibility.product_problems(gift, offered=offered)


def _caps(order: Order, gifts: Iterable[Gift]) -> Iterator[Problem]:
    for gift in gifts:
        face = Money.rounded(gift.value * gift.quantity, order.currency)
        yield from eligibility.reward_cap_problems(order.program, face)


def _consent(order: Order) -> Check:
    """Everybody had agreed at submission; those who withdrew since get nothing."""
    withdrawn = (
        ConsentEntry.objects.filter(
            decision=ConsentEntry.Decision.WITHDRAWN,
            at__gte=order.submitted_at or order.created_at,
            recipient__rewards__order=order,
        )
        .values("recipient")
        .distinct()
        .count()
    )
    detail = _("Checked for every channel when it was submitted.")
    if withdrawn:
        detail = ngettext(
            "%(count)d person withdrew since, and gets nothing.",
            "%(count)d people withdrew since, and get nothing.",
            withdrawn,
        ) % {"count": withdrawn}
    return Check(_("Consent for every channel"), not withdrawn, detail)


def _gifts(order: Order, lines: Iterable[tallies.ProductLine]) -> Iterator[Gift]:
    """What is given, each different card once, to nobody in particular."""
    for line in lines:
        for minor, quantity in line.amounts:
            yield Gift(
                program=order.program,
                product=line.product,
                value=Money.of_minor(minor, order.currency).amount,
                quantity=quantity,
                recipient=None,
                email="",
                phone="",
                deliver_at=None,
            )


def _check(label: str, problems: Iterable[Problem]) -> Check:
    # Many values may be wrong in one way; each sentence is said once.
    said = dict.fromkeys(problem.message for problem in problems)
    return Check(label, passed=not said, detail=" ".join(said))
