"""What keeps a promotion from starting: questions of law, and whether it ends.

No database and no clock: the thresholds and the day are handed in.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.eligibility import Problem
from orders.triggers import law
from orders.triggers.texts import RuleText
from portal.money import Money


@dataclass(frozen=True, slots=True)
class Facts:
    """What the guard looks at: a text, the thresholds of its first day, and today."""

    text: RuleText
    thresholds: Mapping[str, Money]
    today: date


@dataclass(frozen=True, slots=True)
class Task:
    """One question, and what is still open of it (components/policy_checks.html)."""

    label: str | Promise
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        return not self.problems

    @property
    def detail(self) -> str:
        return " ".join(problem.message for problem in self.problems)


def tasks(facts: Facts) -> list[Task]:
    """Every question in the order of the form, answered or not."""
    return [Task(label, tuple(ask(facts))) for label, ask in _QUESTIONS]


def problems(facts: Facts) -> list[Problem]:
    """All that keeps the promotion from starting; each names field and remedy."""
    return [problem for task in tasks(facts) for problem in task.problems]


def _caps(facts: Facts) -> Iterator[Problem]:
    text = facts.text
    if text.per_person is None and text.most_in_all is None:
        yield Problem(
            "per_person",
            _("Nothing limits it. Enter a cap per person, or one in all."),
        )


def _dates(facts: Facts) -> Iterator[Problem]:
    first, last = facts.text.starts_on, facts.text.ends_on
    if first is None:
        yield Problem("starts_on", _("Enter the first day of the promotion."))
    if last is None:
        yield Problem("ends_on", _("Enter the last day of the promotion."))
    elif first is not None and last < first:
        yield Problem("ends_on", _("Choose a last day on or after the first day."))
    elif last < facts.today:
        yield Problem("ends_on", _("The last day has passed. Choose a later one."))


def _eligibility(facts: Facts) -> Iterator[Problem]:
    if not facts.text.eligibility.strip():
        yield Problem(
            "eligibility",
            _("Say who may take part: age, place, customers or everybody."),
        )


def _terms(facts: Facts) -> Iterator[Problem]:
    if not facts.text.terms.strip():
        yield Problem(
            "terms", _("Write the terms that people take part under, or paste them.")
        )


def _chance(facts: Facts) -> Iterator[Problem]:
    text = facts.text
    if text.by_chance is None:
        yield Problem("by_chance", _("Answer yes if chance has a part in who wins."))
    elif text.by_chance and text.prizes is None:
        yield Problem("prizes", _("Enter what all prizes are worth together."))
    elif text.by_chance:
        yield from _registrations(facts)


def _registrations(facts: Facts) -> Iterator[Problem]:
    prizes = facts.text.prizes
    if prizes is None or facts.text.registration.strip():
        return
    for code in facts.text.states:
        threshold = facts.thresholds.get(code)
        if threshold is not None and _is_within(prizes, threshold):
            continue
        yield Problem(
            "states",
            _(
                "%(state)s wants prizes above %(threshold)s registered. Enter the "
                "number of the registration, or leave the state out."
            )
            % {
                "state": law.STATES[code].label,
                "threshold": threshold or _("any amount"),
            },
        )


def _is_within(prizes: Money, threshold: Money) -> bool:
    # What cannot be compared is better registered.
    return prizes.currency == threshold.currency and prizes <= threshold


def _review(facts: Facts) -> Iterator[Problem]:
    text = facts.text
    if text.asks_review is None:
        yield Problem(
            "asks_review", _("Answer yes if a review or a post is asked for.")
        )
    elif text.asks_review and not text.disclosure.strip():
        yield Problem(
            "disclosure",
            _(
                "Enter the words by which reviewers tell that they were rewarded, and "
                "that any honest opinion counts."
            ),
        )


_QUESTIONS: Final[list[tuple[Promise, Callable[[Facts], Iterator[Problem]]]]] = [
    (gettext_lazy("A cap per person or in all"), _caps),
    (gettext_lazy("A first and a last day"), _dates),
    (gettext_lazy("Who may take part"), _eligibility),
    (gettext_lazy("Terms"), _terms),
    (gettext_lazy("By chance or not"), _chance),
    (gettext_lazy("Whether a review is asked for"), _review),
]
