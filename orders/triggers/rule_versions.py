"""A rule and its versions: found, locked, stored and journalled the same by all."""

from collections.abc import Callable
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from orders.award_states import RuleStatus, VersionStatus
from orders.models import Rule, RuleHand, RuleVersion
from portal.actors import Actor
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.journal import Json

OPEN: Final = frozenset({VersionStatus.DRAFT, VersionStatus.SUBMITTED})


class StaleRule(Exception):
    """The rule is not what was on the screen, or not in a state for this."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(f"rule {rule.pk} is {rule.status}, at {rule.version}")
        self.rule = rule


def with_text(versions: QuerySet[RuleVersion]) -> QuerySet[RuleVersion]:
    """These versions with what `texts.of` reads."""
    loaded = versions.select_related("rule__program")
    return loaded.prefetch_related("gifts__product")


def newest(rule: Rule) -> RuleVersion:
    """The last version, with what its text is made of."""
    return with_text(RuleVersion.objects.filter(rule=rule)).latest("number")


def lock(rule_id: int, *, is_shown: Callable[[Rule], bool]) -> Rule:
    """The rule, locked until the transaction ends. Raises StaleRule.

    Also where it has ended: then nothing follows.
    """
    rules = Rule.objects.select_for_update(of=("self",)).select_related("program")
    rule = rules.get(pk=rule_id)
    if rule.status == RuleStatus.ENDED or not is_shown(rule):
        raise StaleRule(rule)
    return rule


def following(last: RuleVersion, actor: Actor) -> RuleVersion:
    """The version after this one; whoever wrote that has a hand in it too."""
    version = RuleVersion.objects.create(
        rule=last.rule, number=last.number + 1, created_by_id=actor.person_id
    )
    RuleHand.objects.bulk_create(
        RuleHand(version=version, user_id=user)
        for user in last.hands.values_list("user_id", flat=True)
    )
    return version


def lend_hand(version: RuleVersion, actor: Actor) -> None:
    """Remember who wrote or submitted it, and so can never approve it."""
    RuleHand.objects.get_or_create(version=version, user_id=actor.person_id)


def had_hand(version: RuleVersion, actor: Actor) -> bool:
    """Whether this person wrote or submitted it, or what it grew out of."""
    return version.hands.filter(user_id=actor.person_id).exists()


def move(
    version: RuleVersion, status: VersionStatus, *, actor: Actor, content: str = ""
) -> None:
    """Give a version of a locked rule its next status; not stored."""
    version.status = status
    if status == VersionStatus.DRAFT:
        version.content_hash = ""
        version.submitted_by = version.submitted_at = None
    elif status == VersionStatus.SUBMITTED:
        version.content_hash = content
        version.submitted_by_id, version.submitted_at = actor.person_id, timezone.now()
    else:
        version.decided_by_id, version.decided_at = actor.person_id, timezone.now()


def store(rule: Rule) -> None:
    """Save a locked rule, so that a screen that shows it as it was is told."""
    rule.version += 1
    rule.save(update_fields=["name", "status", "in_force", "version"])


def record(action: Action, rule: Rule, actor: Actor, **data: Json) -> None:
    """One entry, under the rule; the last step of each verb."""
    journal.record(action, rule, actor=actor, program_id=rule.program_id, data=data)
