"""The checks an approver sees for a whole list, with a fixed number of queries.

Every single reward was checked when the order was submitted, and is again before it is
sent; here is what can have changed since, and what no single reward shows.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders import eligibility, postal
from orders.bulk import parcels, tallies
from orders.checks import Check, budget, number
from orders.eligibility import Gift, Problem
from orders.models import Order
from portal.money import Money
from programs import catalogue
from programs.models import ConsentEntry


def checks(
    order: Order,
    lines: Sequence[tallies.ProductLine],
    rewards: tallies.Rewards,
    posted: parcels.Parcels | None = None,
) -> list[Check]:
    """One check per rule, for a submitted order whose budget is held."""
    gifts = list(_gifts(order, lines))
    return [
        _check(_("The program runs"), eligibility.program_problems(order.program)),
        _check(_("Products and values are on sale"), _products(order, gifts)),
        _check(_("Each reward is within the cap"), _caps(order, gifts)),
        *(_parcels(posted, lines) if posted is not None else _messages(order, rewards)),
        budget(order),
        number(order),
    ]


def _messages(order: Order, rewards: tallies.Rewards) -> list[Check]:
    """Of what goes by e-mail and SMS."""
    label = _("Delivery dates to come")
    dates = eligibility.delivery_problems(rewards.first_delivery)
    return [_consent(order), _check(label, dates)]


def _parcels(
    posted: parcels.Parcels, lines: Sequence[tallies.ProductLine]
) -> list[Check]:
    """Of what goes by post: that it can, and comes in time."""
    methods = [each.method for each in posted.methods if each.method.retired_at]
    return [
        Check(
            _("Every address is complete"), not posted.missing, _of_addresses(posted)
        ),
        Check(
            _("Shipping methods are on offer"),
            not methods,
            ", ".join(method.name for method in methods),
        ),
        Check(
            _("Arrives in time, as far as it can be told"),
            not posted.late,
            _of_days(posted),
        ),
        _check(_("Card carriers can be had"), _card_carriers(posted, lines)),
    ]


def _of_addresses(posted: parcels.Parcels) -> str:
    words = [
        ngettext("%(count)d is missing.", "%(count)d are missing.", posted.missing)
        % {"count": posted.missing}
        if posted.missing
        else "",
        ngettext(
            "%(count)d is kept as typed, for a reason that is shown below.",
            "%(count)d are kept as typed, for reasons that are shown below.",
            posted.kept,
        )
        % {"count": posted.kept}
        if posted.kept
        else "",
    ]
    return " ".join(filter(None, words))


def _of_days(posted: parcels.Parcels) -> str:
    if not posted.late:
        return ""
    words = ngettext(
        "%(count)d parcel is expected after the day it is needed by, or nobody knows "
        "when.",
        "%(count)d parcels are expected after the day they are needed by, or nobody "
        "knows when.",
        posted.late,
    )
    return words % {"count": posted.late}


def _card_carriers(
    posted: parcels.Parcels, lines: Iterable[tallies.ProductLine]
) -> Iterator[Problem]:
    """Each different pair of product and card carrier is asked about once."""
    carriers = postal.Carriers()
    products = {line.product.pk: line.product for line in lines}
    for product_id, chosen in posted.card_carriers:
        if problem := postal.carrier_problem(products[product_id], chosen, carriers):
            yield problem


def _products(order: Order, gifts: Iterable[Gift]) -> Iterator[Problem]:
    offered_here = catalogue.offered_in(order.program, order.type)
    offered = set(offered_here.values_list("pk", flat=True))
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
        for minor, quantity in sorted(line.amounts):
            yield Gift(
                program=order.program,
                product=line.product,
                value=Money.of_minor(minor, order.currency).amount,
                quantity=quantity,
                recipient=None,
                email="",
                phone="",
                deliver_at=None,
                delivery_type=order.type,
            )


def _check(label: str, problems: Iterable[Problem]) -> Check:
    # Many values may be wrong in one way; each sentence is said once.
    said = dict.fromkeys(problem.message for problem in problems)
    return Check(label, passed=not said, detail=" ".join(said))
