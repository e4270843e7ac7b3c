"""Rules at a glance: what each says, what waits for a decision, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from orders.award_states import AwardStatus
from orders.models import Award, Rule, RuleVersion
from orders.states import RewardStatus
from orders.triggers import rule_versions, sentences, texts
from portal.money import Money

_LOST = [RewardStatus.FAILED.value, RewardStatus.CANCELLED.value]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule with the sentence in force, else that of its newest version."""

    rule: Rule
    sentence: str
    # The newest version, where it is not what is in force.
    change: RuleVersion | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What live events made of a rule so far."""

    events: int
    awards: int
    spent: Money


def lines(rules: Sequence[Rule]) -> list[Line]:
    """In three queries however many they are; their programs come loaded."""
    numbered = RuleVersion.objects.filter(rule__in=rules).order_by("number")
    newest = dict(numbered.values_list("rule_id", "pk"))
    wanted = {*newest.values(), *(r.in_force_id for r in rules if r.in_force_id)}
    versions = rule_versions.with_text(RuleVersion.objects.all()).in_bulk(wanted)
    return [
        Line(
            rule=rule,
            sentence=sentences.sentence(
                texts.of(versions[rule.in_force_id or newest[rule.pk]])
            ),
            change=versions[newest[rule.pk]]
            if newest[rule.pk] != rule.in_force_id
            else None,
        )
        for rule in rules
    ]


def figures(rule: Rule) -> Figures:
    """One query; test keys' events count for nothing."""
    live = Award.objects.filter(rule=rule, event__is_test=False)
    came_to_nothing = Q(reward__status__in=_LOST)
    found = live.aggregate(
        events=Count("event", distinct=True),
        awards=Count("pk"),
        spent=Sum(
            "value_minor", filter=Q(status=AwardStatus.ORDERED) & ~came_to_nothing
        ),
    )
    spent = rule.program.money(found["spent"] or 0)
    return Figures(found["events"], found["awards"], spent)
