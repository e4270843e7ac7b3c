"""Rules from draft to end: versions, four eyes, and what runs meanwhile."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders import approvals
from orders.award_states import EventStatus, RuleStatus, VersionStatus
from orders.models import Rule, RuleVersion, Side, Way
from orders.triggers import readiness, rule_deciding, rule_versions, rules, texts
from orders.triggers.rule_versions import StaleRule
from portal.accounts.models import User, actor_of
from portal.audit import journal
from portal.audit.actions import Action
from portal.audit.models import Entry
from portal.money import Money
from portal.outbox import dispatch
from portal.permissions import Role
from tests import factories
from tests.orders.triggers import made, ruled

pytestmark = pytest.mark.django_db


@pytest.fixture
def text(program, cvs):
    return ruled.make_text(program, cvs)


@pytest.fixture
def draft(text, manu):
    return ruled.make_draft(text, manu)


@pytest.fixture
def active(text, manu, ada):
    return ruled.make_active(text, manu, ada)


def edit(rule: Rule, text: texts.RuleText, by: User) -> Rule:
    return rules.edit(
        rule, text, name=rule.name, version=rule.version, actor=actor_of(by)
    )


def in_force(rule: Rule) -> RuleVersion:
    assert rule.in_force is not None
    return rule.in_force


def shown(rule: Rule) -> str:
    return rule_versions.newest(rule).content_hash


def test_what_is_stored_is_what_was_said(text, draft):
    stored = texts.of(rule_versions.newest(draft))

    assert stored == text
    assert texts.hash_of(stored) == texts.hash_of(text)
    assert draft.status == RuleStatus.DRAFT
    assert draft.in_force is None


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "referral.started"},
        {"groups": ()},
        {"gifts": ()},
        {"timing": "hour"},
        {"verification_days": 3},
        {"per_person": 2},
        {"per_person_days": 30},
        {"most_in_all": None},
        {"starts_on": None},
        {"ends_on": None},
        {"from_name": "Somebody"},
        {"message": "Hello"},
        {"eligibility": "Everybody"},
        {"terms": "Others"},
        {"by_chance": True},
        {"prizes": Money.of_minor(100, "USD")},
        {"states": ("NY",)},
        {"registration": "17"},
        {"asks_review": True},
        {"disclosure": "Paid for"},
    ],
)
def test_every_answer_is_in_the_hash(text, change):
    assert texts.hash_of(replace(text, **change)) != texts.hash_of(text)
    assert len(texts.differences(text, replace(text, **change))) >= 1


def test_value_product_and_way_are_in_the_hash(text):
    (gift,) = text.gifts
    others = [
        replace(gift, value=gift.value + gift.value),
        replace(gift, product=factories.make_product("Shell", values=[15])),
        replace(gift, way=Way.SMS),
        replace(gift, side=Side.ADVOCATE),
    ]

    hashes = {texts.hash_of(replace(text, gifts=(each,))) for each in [gift, *others]}

    assert len(hashes) == 5


def test_a_rule_is_submitted_approved_and_runs(text, manu, ada, key):
    rule = ruled.make_submitted(text, manu, "Spring")
    assert made.report(key, "evt-1").status == EventStatus.UNMATCHED

    rule = ruled.approve(rule, ada)

    assert rule.status == RuleStatus.ACTIVE
    assert in_force(rule).status == VersionStatus.APPROVED
    assert in_force(rule).decided_by == ada
    assert made.report(key, "evt-2").status == EventStatus.MATCHED
    actions = Entry.objects.filter(subject_type="rule").values_list("action", flat=True)
    assert list(actions) == [
        Action.RULE_CREATED,
        Action.RULE_SUBMITTED,
        Action.RULE_APPROVED,
    ]
    assert journal.verify().first_bad is None


def test_approvers_are_asked_and_the_manager_is_told(text, manu, ada, program):
    both = factories.make_member("Mila", program, Role.MANAGER, Role.APPROVER)
    rule = ruled.make_submitted(text, manu, "Spring")
    dispatch.drain()

    assert sorted(each.to[0] for each in mail.outbox) == [ada.email, both.email]
    assert "purchase ≥ 50" in mail.outbox[0].body
    assert f"/developers/rules/{rule.pk}/decide/" in mail.outbox[0].body

    mail.outbox.clear()
    rule_deciding.reject(
        rule, content_hash=shown(rule), actor=actor_of(ada), comment="Too much."
    )
    dispatch.drain()

    (told,) = mail.outbox
    assert told.to == [manu.email]
    assert "Too much." in told.body


@pytest.mark.parametrize("answers", [{"terms": ""}, {"by_chance": None}, {"gifts": ()}])
def test_what_is_not_answered_is_not_submitted(text, manu, answers):
    rule = ruled.make_draft(replace(text, **answers), manu)

    with pytest.raises(readiness.NotReady) as refusal:
        rules.submit(rule, version=rule.version, actor=actor_of(manu))

    field = next(iter(answers)).replace("gifts", "product")
    assert [problem.field for problem in refusal.value.problems] == [field]
    assert not Rule.objects.exclude(status=RuleStatus.DRAFT).exists()


def test_what_is_no_longer_sold_is_not_submitted(draft, manu, cvs):
    cvs.retired_at = timezone.now()
    cvs.save()

    with pytest.raises(readiness.NotReady):
        rules.submit(draft, version=draft.version, actor=actor_of(manu))


def test_an_approval_asks_the_guard_again(text, manu, ada, clock):
    rule = ruled.make_submitted(text, manu, "Spring")
    clock.shift(timedelta(days=100))

    with pytest.raises(readiness.NotReady) as refusal:
        ruled.approve(rule, ada)

    assert [problem.field for problem in refusal.value.problems] == ["ends_on"]
    assert not Rule.objects.filter(status=RuleStatus.ACTIVE).exists()


def test_nobody_approves_what_they_wrote_or_submitted(text, program, manu, ada):
    mila = factories.make_member("Mila", program, Role.MANAGER, Role.APPROVER)
    milo = factories.make_member("Milo", program, Role.MANAGER, Role.APPROVER)
    rule = ruled.make_draft(text, manu)
    rule = edit(rule, replace(text, per_person=2), mila)
    rule = rules.submit(rule, version=rule.version, actor=actor_of(milo))

    for hand in (mila, milo):
        with pytest.raises(approvals.SelfApproval):
            ruled.approve(rule, hand)
    assert ruled.approve(rule, ada).status == RuleStatus.ACTIVE


def test_whoever_wrote_a_version_does_not_approve_the_next(program, text, manu, ada):
    mila = factories.make_member("Mila", program, Role.MANAGER, Role.APPROVER)
    rule = ruled.make_active(text, mila, ada)
    rule = edit(rule, replace(text, per_person=2), manu)
    rule = rules.submit(rule, version=rule.version, actor=actor_of(manu))

    with pytest.raises(approvals.SelfApproval):
        ruled.approve(rule, mila)


def test_the_database_keeps_four_eyes_too(text, manu):
    rule = ruled.make_submitted(text, manu, "Spring")

    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(rule=rule).update(decided_by=manu)


def test_an_approval_is_of_the_text_on_the_screen(text, manu, ada):
    rule = ruled.make_submitted(text, manu, "Spring")
    seen = shown(rule)
    rule = edit(rule, replace(text, most_in_all=5000), manu)
    rule = rules.submit(rule, version=rule.version, actor=actor_of(manu))

    with pytest.raises(StaleRule):
        rule_deciding.approve(rule, content_hash=seen, actor=actor_of(ada))

    RuleVersion.objects.filter(rule=rule).update(most_in_all=50_000)
    with pytest.raises(StaleRule):
        ruled.approve(rule, ada)


def test_editing_takes_a_submitted_text_back(text, manu, ada):
    rule = ruled.make_submitted(text, manu, "Spring")
    seen = shown(rule)

    rule = edit(rule, replace(text, per_person=3), manu)

    version = rule_versions.newest(rule)
    assert (version.number, version.status) == (1, VersionStatus.DRAFT)
    assert version.submitted_by is None
    with pytest.raises(StaleRule):
        rule_deciding.approve(rule, content_hash=seen, actor=actor_of(ada))


def test_a_change_is_a_version_and_what_is_in_force_goes_on(text, manu, ada, active):
    first = active.in_force
    rule = edit(active, replace(text, per_person=3), manu)
    assert rule_versions.newest(rule).number == 2
    assert (rule.in_force, rule.status) == (first, RuleStatus.ACTIVE)

    rule = rules.submit(rule, version=rule.version, actor=actor_of(manu))
    assert rule.in_force == first
    rule = ruled.approve(rule, ada)

    assert in_force(rule).number == 2
    assert in_force(rule).per_person == 3
    first.refresh_from_db()
    assert (first.per_person, first.status) == (1, VersionStatus.APPROVED)


def test_a_rejected_text_is_worked_on_as_the_next_version(text, manu, ada):
    rule = ruled.make_submitted(text, manu, "Spring")
    with pytest.raises(approvals.CommentMissing):
        rule_deciding.reject(
            rule, content_hash=shown(rule), actor=actor_of(ada), comment="  "
        )
    rule = rule_deciding.reject(
        rule, content_hash=shown(rule), actor=actor_of(ada), comment="Why so many?"
    )
    assert rule.status == RuleStatus.DRAFT

    rule = edit(rule, replace(text, most_in_all=50), manu)

    statuses = rule.versions.order_by("number").values_list("number", "status")
    assert list(statuses) == [(1, "rejected"), (2, "draft")]


def test_nothing_changed_makes_no_version(text, manu, active):
    rule = edit(active, text, manu)

    assert rule.versions.count() == 1
    assert rule.version == active.version


def test_a_paused_rule_earns_nothing_until_it_is_resumed(active, manu, key):
    manager = actor_of(manu)
    rule = rules.pause(active, version=active.version, actor=manager)
    paused = made.report(key, "evt-1")
    assert paused.findings[0]["code"] == "rule-paused"

    rule = rules.resume(rule, version=rule.version, actor=manager)

    assert made.report(key, "evt-2").status == EventStatus.MATCHED


def test_an_ended_rule_stays_ended(active, text, manu, ada):
    rule = edit(active, replace(text, per_person=3), manu)
    rule = rules.submit(rule, version=rule.version, actor=actor_of(manu))
    seen = shown(rule)
    rule = rules.end(rule, version=rule.version, actor=actor_of(manu))

    assert rule.status == RuleStatus.ENDED
    assert rule_versions.newest(rule).status == VersionStatus.DRAFT
    for verb in (rules.pause, rules.resume, rules.submit, rules.end):
        with pytest.raises(StaleRule):
            verb(rule, version=rule.version, actor=actor_of(manu))
    with pytest.raises(StaleRule):
        rule_deciding.approve(rule, content_hash=seen, actor=actor_of(ada))
    with pytest.raises(StaleRule):
        edit(rule, text, manu)


def test_a_screen_that_shows_it_as_it_was_changes_nothing(active, text, manu):
    manager = actor_of(manu)
    rules.pause(active, version=active.version, actor=manager)

    with pytest.raises(StaleRule):
        rules.pause(active, version=active.version, actor=manager)
    with pytest.raises(StaleRule):
        rules.edit(active, text, name="", version=active.version, actor=manager)


def test_names_are_unique_in_a_program_and_made_up_where_there_is_none(text, manu):
    first = ruled.make_draft(text, manu, "")
    again = ruled.make_draft(text, manu, "")
    other = ruled.make_draft(replace(text, per_person=2), manu, "")
    named = ruled.make_draft(text, manu, "Spring")

    assert first == again
    assert (first.name, other.name) == ("referral.completed", "referral.completed 2")
    with pytest.raises(rules.NameTaken):
        ruled.make_draft(replace(text, per_person=3), manu, "Spring")
    with pytest.raises(rules.NameTaken):
        rules.edit(
            named, text, name=first.name, version=named.version, actor=actor_of(manu)
        )


def test_a_new_name_is_journalled_and_changes_no_text(active, text, manu):
    rule = rules.edit(
        active, text, name="Summer", version=active.version, actor=actor_of(manu)
    )

    assert rule.name == "Summer"
    assert rule.versions.count() == 1
    assert Entry.objects.latest("sequence").data["fields"] == ["name"]
