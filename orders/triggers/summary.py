"""Every answer of a rule's text in words: to read, and to compare with the last one."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orders.content import Change
from orders.models import Side
from orders.summary import Row
from orders.triggers import conditions, law, sentences, texts
from orders.triggers.texts import RuleText, Timing


def rows(text: RuleText) -> list[Row]:
    """For components/summary_list.html, in the order of the form."""
    labels, words = _labels(), _words(text)
    return [Row(labels[name], words[name]) for name in labels]


def changes(before: RuleText, after: RuleText) -> list[Change]:
    """What differs between two texts, in the order of the form."""
    different = set(texts.differences(before, after))
    labels, was, now = _labels(), _words(before), _words(after)
    return [
        Change(labels[name], was[name], now[name])
        for name in labels
        if name in different
    ]


def _labels() -> Mapping[str, str]:
    return {
        "program": _("Program"),
        "event_type": _("Event type"),
        "conditions": _("Conditions"),
        Side.PERSON.value: _("To the person"),
        Side.ADVOCATE.value: _("To the advocate"),
        "per_person": _("Most per person"),
        "per_person_days": _("Counted over days"),
        "most_in_all": _("Most in all"),
        "starts_on": _("First day"),
        "ends_on": _("Last day"),
        "verification_days": _("Days of verification"),
        "timing": _("Ordered"),
        "from_name": _("From name"),
        "message": _("Message"),
        "eligibility": _("Who may take part"),
        "terms": _("Terms"),
        "by_chance": _("By chance"),
        "prizes": _("Value of all prizes"),
        "states": _("Prizes may be won in"),
        "registration": _("Registration"),
        "asks_review": _("Asks for a review"),
        "disclosure": _("Disclosure"),
    }


def _words(text: RuleText) -> Mapping[str, str]:
    gifts = {gift.side: sentences.card(gift) for gift in text.gifts}
    return {
        **{name: str(value) for name, value in texts.facts(text).items()},
        "program": text.program.name,
        "conditions": conditions.sentence(text.groups),
        **{side.value: gifts.get(side, "") for side in Side},
        "timing": str(Timing(text.timing).label),
        "by_chance": _answer(text.by_chance),
        "asks_review": _answer(text.asks_review),
        "states": _states(text),
        "prizes": str(text.prizes or ""),
        "from_name": text.from_name or text.program.from_name,
        "message": text.message or text.program.message,
    }


def _states(text: RuleText) -> str:
    """Only where chance decides are there prizes to win."""
    named = [str(law.STATES[code].label) for code in text.states]
    return ", ".join(named) if text.by_chance else ""


def _answer(answer: bool | None) -> str:
    return {None: "", True: _("Yes"), False: _("No")}[answer]
