"""What other systems reported, what it earned whom, and the calls that were refused."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.award_states import (
    AWARD_GONE,
    AWARD_STATES,
    EVENT_STATES,
    AwardStatus,
    EventStatus,
)
from orders.models.reward import Reward
from orders.models.rule import Rule, RuleVersion, Side, Way
from orders.states import RewardStatus, State
from portal.money import Money
from portal.permissions import Access, Permission
from programs.models import ApiKey, Product, Program, Recipient


class EventQuerySet(models.QuerySet["Event"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Events of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)


class Event(models.Model):
    """One call that was taken in. Its id is the caller's: a repeat is harmless."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    # A test key's events are apart from live ones: the same id may be in both.
    is_test = models.BooleanField()
    event_id = models.CharField(max_length=100)
    # Empty for a reward that a caller asked for without a rule.
    type = models.CharField(max_length=100, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)
    # Over the request as it was sent: the same id with another body is another event.
    digest = models.CharField(max_length=64)
    # Person, advocate, attributes and consent as JSON (orders.triggers.calls).
    body_ciphertext = models.TextField()
    # The id of the event that this one takes back.
    reverses = models.CharField(max_length=100, blank=True)
    status = models.CharField(
        max_length=9,
        choices=[(s.value, EVENT_STATES[s].label) for s in EventStatus],
        default=EventStatus.RECEIVED,
    )
    # Why each rule did or did not match: ids, names of attributes and codes, never what
    # was in them. [{"rule", "version", "matched", "code", "attribute"}, …]
    findings = models.JSONField(default=list)
    # What came of a reversal, or why a reward was refused (orders.triggers.problems).
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=250, blank=True)
    replays = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "is_test", "event_id"], name="event_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in EventStatus]),
                name="event_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-id"], name="event_newest_in_program"),
            models.Index(fields=["type", "-id"], name="event_newest_of_type"),
            models.Index(
                fields=["program", "reverses"],
                condition=~Q(reverses=""),
                name="event_by_reversed",
            ),
        ]

    def __str__(self) -> str:
        return self.event_id

    @property
    def state(self) -> State:
        return EVENT_STATES[EventStatus(self.status)]


class AwardQuerySet(models.QuerySet["Award"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Awards of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)

    def counting(self) -> Self:
        """Those that use up a cap: given, or still to be given."""
        lost = [RewardStatus.FAILED.value, RewardStatus.CANCELLED.value]
        came_to_nothing = Q(reward__isnull=False, reward__status__in=lost)
        return self.exclude(status__in=[s.value for s in AWARD_GONE]).exclude(
            came_to_nothing
        )


class Award(models.Model):
    """What an event earned one person, with the terms that held then."""

    # What callers know it by.
    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    # None where a caller asked for the reward itself.
    rule = models.ForeignKey(
        Rule, null=True, on_delete=models.PROTECT, related_name="awards", db_index=False
    )
    rule_version = models.ForeignKey(
        RuleVersion, null=True, on_delete=models.PROTECT, related_name="awards"
    )
    side = models.CharField(max_length=8, choices=Side.choices, default=Side.PERSON)
    recipient = models.ForeignKey(
        Recipient, null=True, on_delete=models.PROTECT, related_name="awards"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    value_minor = models.BigIntegerField()
    way = models.CharField(max_length=5, choices=Way.choices)

    status = models.CharField(
        max_length=10, choices=[(s.value, AWARD_STATES[s].label) for s in AwardStatus]
    )
    # Why it is held or refused, or cannot be taken back (orders.triggers.problems).
    problem = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=250, blank=True)
    # When it goes on by itself: the end of its verification, or of its hour or day.
    due_at = models.DateTimeField(null=True)
    reward = models.OneToOneField(
        Reward, null=True, on_delete=models.PROTECT, related_name="award"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            # Whatever is delivered, replayed or decided again: one per rule and side.
            models.UniqueConstraint(
                fields=["event", "rule", "side"], name="award_once_per_rule"
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(rule=None),
                name="award_once_without_rule",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in AwardStatus]),
                name="award_status_known",
            ),
            models.CheckConstraint(
                condition=Q(value_minor__gt=0), name="award_value_sign"
            ),
            models.CheckConstraint(
                condition=Q(reward=None) | Q(status="ordered"),
                name="award_reward_is_ordered",
            ),
        ]
        indexes = [
            models.Index(fields=["rule", "side", "status"], name="award_cap_in_all"),
            models.Index(
                fields=["recipient", "rule", "created_at"], name="award_cap_of_person"
            ),
            models.Index(
                fields=["rule", "due_at", "id"],
                condition=Q(status="collecting"),
                name="award_collecting",
            ),
            models.Index(
                fields=["program", "-id"],
                condition=Q(status="held"),
                name="award_held",
            ),
        ]

    def __str__(self) -> str:
        return f"rw_{self.public_id.hex}"

    @property
    def state(self) -> State:
        return AWARD_STATES[AwardStatus(self.status)]

    @property
    def value(self) -> Money:
        """Face value of the card; the program comes loaded."""
        return self.program.money(self.value_minor)


class RefusedCallQuerySet(models.QuerySet["RefusedCall"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Calls with a key of programs in which this person holds the permission.

        Those with no key that we know only for who holds it everywhere.
        """
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)


class RefusedCall(models.Model):
    """Calls that were not taken in, counted by kind and minute: none floods us."""

    # None where the key is not known.
    program = models.ForeignKey(
        Program, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key = models.ForeignKey(
        ApiKey, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # What was called, such as "POST /events"; no ids.
    call = models.CharField(max_length=30)
    code = models.CharField(max_length=40)
    # The first of them, without anything personal: which field, which attribute.
    detail = models.CharField(max_length=250, blank=True)
    minute = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)

    objects = RefusedCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "call", "code", "minute"],
                condition=Q(key__isnull=False),
                name="refused_call_of_key",
            ),
            models.UniqueConstraint(
                fields=["call", "code", "minute"],
                condition=Q(key__isnull=True),
                name="refused_call_of_nobody",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-id"], name="refused_call_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.code}"
