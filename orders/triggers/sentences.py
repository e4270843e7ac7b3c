"""A rule in words, as people read it on a page and in a mail."""

from collections.abc import Iterator
from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orders.models import Side, Way
from orders.triggers import conditions
from orders.triggers.accepting import REVERSED
from orders.triggers.texts import GiftText, RuleText, Timing


def sentence(text: RuleText) -> str:
    """The rule in one sentence, with what happens after it in a second."""
    parts = [_when(text) + _send(text), *_caps(text), *_days(text)]
    return " ".join([f"{', '.join(parts)}.", *_afterwards(text)])


def reversal_of(event_type: str) -> str:
    """The type that takes such an event back: "referral.reversed"."""
    stem = event_type.rpartition(".")[0] or event_type
    return f"{stem}{REVERSED}"


def card(gift: GiftText) -> str:
    """What one side is sent: "CVS $15.00 by e-mail"."""
    by = {
        Way.EMAIL: _("%(card)s by e-mail"),
        Way.SMS: _("%(card)s by SMS"),
        Way.BOTH: _("%(card)s by e-mail and SMS"),
    }[gift.way]
    return by % {"card": f"{gift.product.name} {gift.value}"}


def cap_of_person(text: RuleText) -> str:
    """How much one person gets at most; empty without such a cap."""
    most, days = text.per_person, text.per_person_days
    if most is None:
        return ""
    if days is None:
        return _("at most %(most)s per person") % {"most": most}
    said = ngettext(
        "at most %(most)s per person per day",
        "at most %(most)s per person per %(days)s days",
        days,
    )
    return said % {"most": most, "days": days}


def _when(text: RuleText) -> str:
    words = {"event": text.event_type}
    if not text.groups:
        return _("When %(event)s arrives, ") % words
    said = conditions.sentence(text.groups)
    if len(text.groups) > 1:
        # Else the reader cannot tell what the "and" before it holds together.
        said = f"({said})"
    return _("When %(event)s arrives and %(conditions)s, ") % {
        **words,
        "conditions": said,
    }


def _send(text: RuleText) -> str:
    gifts = {gift.side: card(gift) for gift in text.gifts}
    program = {"program": text.program.name}
    if len(gifts) == len(Side):
        said = _(
            "send the person %(person)s and the advocate %(advocate)s from %(program)s"
        )
        words = {side.value: gifts[side] for side in Side}
        return said % {**words, **program}
    if Side.ADVOCATE in gifts:
        said = _("send the advocate %(card)s from %(program)s")
        return said % {"card": gifts[Side.ADVOCATE], **program}
    card_in_words = gifts.get(Side.PERSON) or _("nothing yet")
    return _("send %(card)s from %(program)s") % {"card": card_in_words, **program}


def _caps(text: RuleText) -> Iterator[str]:
    caps = []
    if person := cap_of_person(text):
        caps.append(person)
    if text.most_in_all is not None:
        caps.append(_("at most %(most)s in all") % {"most": f"{text.most_in_all:,}"})
    if caps and len(text.gifts) > 1:
        caps[0] = _("to each side %(cap)s") % {"cap": caps[0]}
    yield from caps


def _days(text: RuleText) -> Iterator[str]:
    first, last = text.starts_on, text.ends_on
    if first and last:
        is_one_year = first.year == last.year
        yield _("from %(first)s to %(last)s") % {
            "first": _day(first, with_year=not is_one_year),
            "last": _day(last),
        }
    elif first:
        yield _("from %(first)s on") % {"first": _day(first)}
    elif last:
        yield _("until %(last)s") % {"last": _day(last)}


def _afterwards(text: RuleText) -> Iterator[str]:
    """How long it waits, and whether it is collected."""
    days, reversal = text.verification_days, reversal_of(text.event_type)
    if days:
        said = ngettext(
            "It waits for %(days)s day, and nothing is bought if %(reversal)s arrives "
            "before.",
            "It waits for %(days)s days, and nothing is bought if %(reversal)s arrives "
            "before.",
            days,
        )
        yield said % {"days": days, "reversal": reversal}
    if text.timing == Timing.HOUR:
        yield _("What is due in an hour goes in one order.")
    elif text.timing == Timing.DAY:
        yield _("What is due in a day goes in one order.")


def _day(day: date, *, with_year: bool = True) -> str:
    return format_date(day, "j F Y" if with_year else "j F")
