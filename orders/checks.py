"""The checks an approver sees: every rule, passed or not, with the reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orders import batches, eligibility, estimates, po_numbers, postal
from orders.batches import LinkWish
from orders.eligibility import Gift, Problem
from orders.models import Order, Reward, Shipment
from programs import shipping
from programs.arrival import Window


@dataclass(frozen=True, slots=True)
class Check:
    label: str
    passed: bool
    detail: str = ""


def of(order: Order, reward: Reward) -> list[Check]:
    """One check per rule, for a submitted order whose budget is held."""
    gift = eligibility.gift_of(order, reward)
    return [
        _check(_("The program runs"), eligibility.program_problems(order.program)),
        _check(_("Product and value are on sale"), eligibility.product_problems(gift)),
        _check(_("Within the caps"), _caps(gift)),
        _check(_("Consent for every channel"), eligibility.contact_problems(gift)),
        _check(
            _("Delivery date to come"), eligibility.delivery_problems(gift.deliver_at)
        ),
        budget(order),
        number(order),
    ]


def of_parcel(order: Order, reward: Reward, window: Window | None) -> list[Check]:
    """The same for a card in the post, which is expected in this window."""
    gift = eligibility.gift_of(order, reward)
    parcel = reward.shipment
    found = list(postal.problems(parcel, reward.product, postal.Carriers()))

    def at(field: str) -> list[Problem]:
        return [problem for problem in found if problem.field == field]

    checks = [
        _check(_("The program runs"), eligibility.program_problems(order.program)),
        _check(_("Product and value are on sale"), eligibility.product_problems(gift)),
        _check(_("Within the caps"), _caps(gift)),
        _address(parcel, at("address")),
        _check(_("The shipping method is on offer"), at("method")),
        _check(_("The card carrier can be had"), at("card_carrier")),
    ]
    if parcel.needed_by:
        checks.append(_in_time(parcel, window))
    return [*checks, budget(order), number(order)]


def of_links(order: Order, wish: LinkWish) -> list[Check]:
    """The same for a batch of links; nobody's consent, for links go to nobody yet."""
    return [
        _check(_("The program gives links"), batches.program_problems(wish.program)),
        _check(_("Card on sale and within the cap"), batches.card_problems(wish)),
        _check(_("Not too many at once"), batches.quantity_problems(wish.quantity)),
        _check(_("Last day to come"), batches.date_problems(wish.expires_on)),
        budget(order),
        number(order),
    ]


def budget(order: Order) -> Check:
    """That its money is set aside, and what that leaves."""
    return Check(
        _("The budget holds it"),
        passed=True,
        detail=_("%(amount)s is set aside; %(available)s stays available.")
        % {"amount": order.estimate, "available": order.program.available},
    )


def number(order: Order) -> Check:
    """That no other order has its PONumber."""
    unique = not po_numbers.is_taken(order.po_number, besides=order)
    return Check(_("The PONumber is unique"), unique, order.po_number)


def _address(parcel: Shipment, problems: Iterable[Problem]) -> Check:
    """Confirmed by the rules of its post, or kept by somebody for a reason."""
    label = _("The address can be posted to")
    check = _check(label, problems)
    if not check.passed:
        return check
    if not parcel.reason:
        return Check(label, passed=True, detail=_("As its country’s post wants it."))
    words = _("Its rules doubt it. Kept as typed by %(person)s: %(reason)s")
    by = parcel.overridden_by
    person = by.name if by else _("somebody who may")
    return Check(label, True, words % {"person": person, "reason": parcel.reason})


def _in_time(parcel: Shipment, window: Window | None) -> Check:
    words = _("Needed by %(day)s; %(arrival)s.") % {
        "day": estimates.day_needed(parcel),
        "arrival": estimates.in_words(window),
    }
    in_time = shipping.is_in_time(window, parcel.needed_by)
    return Check(_("It arrives in time"), in_time, words)


def _caps(gift: Gift) -> Iterable[Problem]:
    # A cap cannot be compared with a value the product does not have.
    return (
        ()
        if any(eligibility.product_problems(gift))
        else eligibility.cap_problems(gift)
    )


def _check(label: str, problems: Iterable[Problem]) -> Check:
    detail = " ".join(problem.message for problem in problems)
    return Check(label, passed=not detail, detail=detail)
