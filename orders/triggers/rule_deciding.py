"""Four eyes on rules: a decision binds to the text that was on the screen."""

from django.db import transaction

from orders import approvals
from orders.award_states import RuleStatus, VersionStatus
from orders.models import Rule, RuleVersion
from orders.triggers import readiness, rule_notices, rule_versions, texts
from orders.triggers.rule_versions import StaleRule
from portal.actors import Actor
from portal.audit.actions import Action


@transaction.atomic(durable=True)
def approve(rule: Rule, *, content_hash: str, actor: Actor, comment: str = "") -> Rule:
    """Let exactly this text run from now on, instead of what was in force.

    Raises StaleRule, approvals.SelfApproval, and NotReady where it may no longer start.
    """
    rule, version = _lock(rule, content_hash, actor)
    readiness.require(texts.of(version))
    rule.in_force, rule.status = version, RuleStatus.ACTIVE
    return _decide(rule, version, VersionStatus.APPROVED, comment, actor)


@transaction.atomic(durable=True)
def reject(rule: Rule, *, content_hash: str, actor: Actor, comment: str) -> Rule:
    """Say no to this text, and why; what is in force stays so.

    Raises StaleRule, approvals.SelfApproval and approvals.CommentMissing.
    """
    if not comment.strip():
        raise approvals.CommentMissing
    rule, version = _lock(rule, content_hash, actor)
    return _decide(rule, version, VersionStatus.REJECTED, comment, actor)


def is_last(
    rule: Rule, status: VersionStatus, content_hash: str, *, actor: Actor
) -> bool:
    """Whether the last decision is this person's, just so, on just this text."""
    last = rule.versions.latest("number")
    return (last.status, last.content_hash, last.decided_by_id) == (
        status,
        content_hash,
        actor.person_id,
    )


def _lock(rule: Rule, content_hash: str, actor: Actor) -> tuple[Rule, RuleVersion]:
    rule = rule_versions.lock(rule.pk, is_shown=lambda _rule: True)
    version = rule_versions.newest(rule)
    current = texts.hash_of(texts.of(version))
    is_shown = content_hash == version.content_hash == current
    if version.status != VersionStatus.SUBMITTED or not is_shown:
        raise StaleRule(rule)
    if rule_versions.had_hand(version, actor):
        raise approvals.SelfApproval
    return rule, version


def _decide(
    rule: Rule, version: RuleVersion, status: VersionStatus, comment: str, actor: Actor
) -> Rule:
    rule_versions.move(version, status, actor=actor)
    version.comment = comment.strip()
    version.save()
    rule_versions.store(rule)
    rule_notices.to_submitter(version)
    is_approved = status == VersionStatus.APPROVED
    rule_versions.record(
        Action.RULE_APPROVED if is_approved else Action.RULE_REJECTED,
        rule,
        actor,
        rule_version=version.number,
        content=version.content_hash,
    )
    return rule
