"""Rules and products in words, as people read them on a page."""

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.money import Money
from programs.arrival import Window
from programs.models import Product, Program
from programs.programs import approval_rule_sentence

# A program may allow hundreds; the edit page shows them all.
_MOST_NAMED = 12


def rules(program: Program) -> list[str]:
    """Everything that limits what may be sent, one sentence each."""
    return [
        _dates(program),
        approval_rule_sentence(program),
        _reward_cap(program),
        _recipient_cap(program),
        _products(program),
        _delivery(program),
        _consent(program),
        *([_("Assigned claim links may go by e-mail.")] if program.mails_links else []),
    ]


def sold_values(product: Product) -> str:
    """Which values the provider sells, as a sentence."""
    amounts = [str(Money(value, product.currency)) for value in product.values]
    if product.is_fixed:
        return _("%(product)s is sold for %(amounts)s. Choose one of these.") % {
            "product": product.name,
            "amounts": ", ".join(amounts),
        }
    if len(amounts) != 2:
        return _(
            "%(product)s has no values to choose from. Choose another product."
        ) % {"product": product.name}
    whole = product.denomination_type == Product.Denomination.NO_CENTS
    text = (
        _("%(product)s takes whole amounts from %(least)s to %(most)s.")
        if whole
        else _("%(product)s takes any amount from %(least)s to %(most)s.")
    )
    return text % {"product": product.name, "least": amounts[0], "most": amounts[1]}


def values(product: Product) -> str:
    """What a card may be worth."""
    amounts = [Money(value, product.currency) for value in product.values]
    if product.is_fixed and amounts:
        return ", ".join(str(amount) for amount in amounts)
    if len(amounts) == 2:
        between = {"least": amounts[0], "most": amounts[1]}
        if product.denomination_type == Product.Denomination.VARIABLE:
            return _("Any amount from %(least)s to %(most)s") % between
        if product.denomination_type == Product.Denomination.NO_CENTS:
            return _("Any whole amount from %(least)s to %(most)s") % between
    return _("The provider does not say which values it sells.")


def discount(product: Product) -> str:
    """Off the face value, without needless zeros: 1.5 %."""
    return f"{product.discount_percent.normalize():f} %"


def delivery_types(product: Product) -> list[str]:
    """How it can be delivered; the provider's own word where it is none of ours."""
    known = {choice.value: str(choice.label) for choice in Program.DeliveryType}
    return [
        known.get(word) or _("%(word)s (not used here)") % {"word": word}
        for word in product.delivery_types
    ]


def arrival(window: Window) -> str:
    """The days a card may arrive on, Tue 1 to Thu 3 Dec. Say "estimate" beside it."""
    first, last = window.earliest, window.latest
    if first == last:
        return _day(last)
    if first.year != last.year:
        return f"{_day(first)} {first.year} – {_day(last)} {last.year}"
    if first.month != last.month:
        return f"{_day(first)} – {_day(last)}"
    return f"{format_date(first, 'D j')} – {_day(last)}"


def _day(day: date) -> str:
    return format_date(day, "D j M")


def _dates(program: Program) -> str:
    first, last = program.starts_on, program.ends_on
    words = {
        "first": format_date(first, "j M Y") if first else "",
        "last": format_date(last, "j M Y") if last else "",
    }
    if first and last:
        return _("Rewards are sent from %(first)s to %(last)s.") % words
    if first:
        return _("Rewards are sent from %(first)s on.") % words
    if last:
        return _("Rewards are sent until %(last)s.") % words
    return _("Rewards are sent on any day.")


def _reward_cap(program: Program) -> str:
    if program.reward_cap is None:
        return _("One reward has no cap of its own.")
    return _("One reward is worth at most %(cap)s.") % {"cap": program.reward_cap}


def _recipient_cap(program: Program) -> str:
    if program.recipient_cap is None:
        return _("One person has no cap.")
    words = {"cap": program.recipient_cap}
    days = program.recipient_cap_days
    if days is None:
        return _("One person gets at most %(cap)s over the whole program.") % words
    return ngettext(
        "One person gets at most %(cap)s in a day.",
        "One person gets at most %(cap)s in %(days)d days.",
        days,
    ) % {**words, "days": days}


def _products(program: Program) -> str:
    names = list(program.products.order_by("name").values_list("name", flat=True))
    if not names:
        return _("Every product sold in %(currency)s may be sent.") % {
            "currency": program.currency
        }
    if len(names) > _MOST_NAMED:
        return _("Only %(count)d chosen products may be sent.") % {"count": len(names)}
    return _("Only these products may be sent: %(names)s.") % {
        "names": ", ".join(names)
    }


def _delivery(program: Program) -> str:
    ways = [
        str(choice.label)
        for choice in Program.DeliveryType
        if choice.value in program.delivery_types
    ]
    return _("Ways to deliver: %(ways)s.") % {"ways": "; ".join(ways) or "–"}


def _consent(program: Program) -> str:
    if program.email_consent == Program.EmailConsent.RECORDED:
        return _("E-mail and SMS need recorded consent.")
    return _("E-mail is fine unless withdrawn; SMS needs recorded consent.")
