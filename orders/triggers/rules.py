"""Rules as managers write them: drafted, submitted, paused, resumed and ended.

What is decided on is a version (rule_deciding); the rule itself is a name and whether
events trigger it.
"""

from collections.abc import Iterator
from itertools import count

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from orders.award_states import RuleStatus, VersionStatus
from orders.models import Rule, RuleVersion
from orders.triggers import readiness, rule_notices, rule_versions, texts
from orders.triggers.rule_versions import StaleRule
from orders.triggers.texts import RuleText
from portal.actors import Actor
from portal.audit.actions import Action


class NameTaken(Exception):
    """Another rule of the program has this name."""


def create(text: RuleText, *, name: str, actor: Actor) -> Rule:
    """A draft; without a name it is called after its event. Raises NameTaken.

    The second of two presses finds the rule that the first one made.
    """
    try:
        return _create(text, name, actor)
    except IntegrityError:
        # Another form took the name in this very moment.
        return _create(text, name, actor)


@transaction.atomic(durable=True)
def _create(text: RuleText, name: str, actor: Actor) -> Rule:
    for free in _names(name or text.event_type):
        taken = _called(text, free).first()
        if taken is None:
            break
        if _is_as_made(taken, text, actor):
            return taken
        if name:
            raise NameTaken
    rule = Rule.objects.create(
        program=text.program, name=free, created_by_id=actor.person_id
    )
    version = RuleVersion(rule=rule, number=1, created_by_id=actor.person_id)
    texts.write(version, text)
    rule_versions.lend_hand(version, actor)
    rule_versions.record(Action.RULE_CREATED, rule, actor, rule_version=1)
    return rule


@transaction.atomic(durable=True)
def edit(rule: Rule, text: RuleText, *, name: str, version: int, actor: Actor) -> Rule:
    """Change the draft, or begin the next version. Raises StaleRule and NameTaken.

    What was submitted is a draft again, and has to be submitted anew.
    """
    rule = _lock(rule, version)
    draft = rule_versions.newest(rule)
    changed = texts.differences(texts.of(draft), text)
    is_rewritten = bool(changed) or draft.status == VersionStatus.REJECTED
    if name and name != rule.name:
        if _called(text, name).exists():
            raise NameTaken
        rule.name = name
        changed.append("name")
    if is_rewritten:
        draft = _rewritten(draft, text, actor)
    elif not changed:
        return rule
    rule_versions.store(rule)
    rule_versions.record(
        Action.RULE_EDITED, rule, actor, rule_version=draft.number, fields=changed
    )
    return rule


@transaction.atomic(durable=True)
def submit(rule: Rule, *, version: int, actor: Actor) -> Rule:
    """Ask for approval of the draft.

    Raises StaleRule, and readiness.NotReady with all that it lacks.
    """
    rule = _lock(rule, version)
    draft = rule_versions.newest(rule)
    if draft.status != VersionStatus.DRAFT:
        raise StaleRule(rule)
    text = texts.of(draft)
    readiness.require(text)
    content = texts.hash_of(text)
    rule_versions.move(draft, VersionStatus.SUBMITTED, actor=actor, content=content)
    draft.save()
    rule_versions.lend_hand(draft, actor)
    rule_versions.store(rule)
    rule_notices.to_approvers(draft)
    rule_versions.record(
        Action.RULE_SUBMITTED, rule, actor, rule_version=draft.number, content=content
    )
    return rule


@transaction.atomic(durable=True)
def pause(rule: Rule, *, version: int, actor: Actor) -> Rule:
    """No event earns anything by it from now on; what was earned goes on."""
    rule = _lock(rule, version)
    if rule.status != RuleStatus.ACTIVE:
        raise StaleRule(rule)
    rule.status = RuleStatus.PAUSED
    return _conclude(Action.RULE_PAUSED, rule, actor)


@transaction.atomic(durable=True)
def resume(rule: Rule, *, version: int, actor: Actor) -> Rule:
    """Let events trigger a paused rule again, as it was approved."""
    rule = _lock(rule, version)
    if rule.status != RuleStatus.PAUSED:
        raise StaleRule(rule)
    rule.status = RuleStatus.ACTIVE
    return _conclude(Action.RULE_RESUMED, rule, actor)


@transaction.atomic(durable=True)
def end(rule: Rule, *, version: int, actor: Actor) -> Rule:
    """Stop it for good: nothing of it waits for approval, what was earned goes on."""
    rule = _lock(rule, version)
    last = rule_versions.newest(rule)
    if last.status == VersionStatus.SUBMITTED:
        rule_versions.move(last, VersionStatus.DRAFT, actor=actor)
        last.save()
    rule.status = RuleStatus.ENDED
    return _conclude(Action.RULE_ENDED, rule, actor)


def _lock(rule: Rule, version: int) -> Rule:
    return rule_versions.lock(rule.pk, is_shown=lambda rule: rule.version == version)


def _rewritten(draft: RuleVersion, text: RuleText, actor: Actor) -> RuleVersion:
    """The draft with this text: the same one, or the next once it was decided on."""
    if draft.status not in rule_versions.OPEN:
        draft = rule_versions.following(draft, actor)
    rule_versions.move(draft, VersionStatus.DRAFT, actor=actor)
    texts.write(draft, text)
    rule_versions.lend_hand(draft, actor)
    return draft


def _conclude(action: Action, rule: Rule, actor: Actor) -> Rule:
    rule_versions.store(rule)
    rule_versions.record(action, rule, actor)
    return rule


def _names(wanted: str) -> Iterator[str]:
    """What it may be called, the best first."""
    yield wanted
    for number in count(2):
        yield f"{wanted[:90]} {number}"


def _called(text: RuleText, name: str) -> QuerySet[Rule]:
    return Rule.objects.filter(program=text.program, name=name)


def _is_as_made(rule: Rule, text: RuleText, actor: Actor) -> bool:
    is_untouched = rule.version == 1 and rule.created_by_id == actor.person_id
    if not is_untouched:
        return False
    return not texts.differences(texts.of(rule_versions.newest(rule)), text)
