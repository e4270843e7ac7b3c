"""Rules: when an event arrives, who is sent what. Each version is approved."""

from typing import Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.award_states import (
    RULE_STATES,
    VERSION_STATES,
    RuleStatus,
    VersionStatus,
)
from orders.states import State
from portal.money import Money
from portal.permissions import Access, Permission
from programs.models import Product, Program


class Side(models.TextChoices):
    """Whom an event is about: somebody, and in a referral who referred them."""

    PERSON = "person", _("The person")
    ADVOCATE = "advocate", _("The advocate")


class Way(models.TextChoices):
    """How a triggered reward reaches somebody."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    BOTH = "both", _("E-mail and SMS")


class RuleQuerySet(models.QuerySet["Rule"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Rules of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)


class Rule(models.Model):
    """A promotion: what it is called and whether it runs. What it says is a version."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="rules", db_index=False
    )
    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(
        max_length=6,
        choices=[(s.value, RULE_STATES[s].label) for s in RuleStatus],
        default=RuleStatus.DRAFT,
    )
    # What events are matched against; a later version replaces it once approved.
    in_force = models.ForeignKey(
        "orders.RuleVersion",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = RuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "name"], name="rule_name_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in RuleStatus]),
                name="rule_status_known",
            ),
        ]
        indexes = [models.Index(fields=["program", "-id"], name="rule_newest")]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> State:
        return RULE_STATES[RuleStatus(self.status)]


class RuleVersion(models.Model):
    """What a rule says, and the answers without which a promotion does not start."""

    class Timing(models.TextChoices):
        AT_ONCE = "at once", _("At once")
        HOUR = "hour", _("One order an hour")
        DAY = "day", _("One order a day")

    rule = models.ForeignKey(
        Rule, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveIntegerField()
    status = models.CharField(
        max_length=9,
        choices=[(s.value, VERSION_STATES[s].label) for s in VersionStatus],
        default=VersionStatus.DRAFT,
    )

    event_type = models.CharField(_("event type"), max_length=100)
    # Groups of which one has to hold, each of conditions that all have to hold
    # (orders.triggers.conditions): [[{"attribute", "op", "value"}, …], …].
    conditions = models.JSONField(_("conditions"), default=list)
    timing = models.CharField(
        _("when"), max_length=7, choices=Timing.choices, default=Timing.AT_ONCE
    )
    # So many days after the event a reversal still buys nothing; 0 sends at once.
    verification_days = models.PositiveIntegerField(_("verification"), default=0)
    # Of each side: at most so many per person, in so many days or in all, and in all.
    per_person = models.PositiveIntegerField(_("per person"), null=True)
    per_person_days = models.PositiveIntegerField(_("days"), null=True)
    most_in_all = models.PositiveIntegerField(_("in all"), null=True)
    # The days of events, where the organisation is.
    starts_on = models.DateField(_("first day"), null=True)
    ends_on = models.DateField(_("last day"), null=True)
    from_name = models.CharField(_("From name"), max_length=150, blank=True)
    message = models.TextField(
        _("message"), blank=True, validators=[MaxLengthValidator(400)]
    )

    # The promotion guard (orders.triggers.guard); null is a question without an answer.
    eligibility = models.TextField(_("who may take part"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    by_chance = models.BooleanField(_("by chance"), null=True)
    prizes_minor = models.BigIntegerField(_("value of all prizes"), null=True)
    # Where a prize may be won, of the states whose law asks for a registration.
    states = models.JSONField(_("states"), default=list)
    registration = models.CharField(_("registration"), max_length=200, blank=True)
    asks_review = models.BooleanField(_("asks for a review"), null=True)
    disclosure = models.TextField(_("disclosure"), blank=True)

    content_hash = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True, max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "number"], name="rule_version_number"
            ),
            # One text at a time is being written or decided on.
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(status__in=["draft", "submitted"]),
                name="rule_version_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in VersionStatus]),
                name="rule_version_status_known",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | (
                    ~Q(decided_by=models.F("submitted_by"))
                    & ~Q(decided_by=models.F("created_by"))
                ),
                name="rule_version_four_eyes",
            ),
        ]
        indexes = [
            models.Index(fields=["event_type", "rule"], name="rule_version_by_type")
        ]

    def __str__(self) -> str:
        return f"{self.rule.name} v{self.number}"

    @property
    def state(self) -> State:
        return VERSION_STATES[VersionStatus(self.status)]

    @property
    def prizes(self) -> Money | None:
        minor = self.prizes_minor
        return None if minor is None else self.rule.program.money(minor)


class RuleHand(models.Model):
    """Somebody who wrote or submitted a version; can never approve it."""

    version = models.ForeignKey(
        RuleVersion, on_delete=models.CASCADE, related_name="hands", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="rule_hand_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.version_id}"


class RuleGift(models.Model):
    """What a version sends to one side."""

    version = models.ForeignKey(
        RuleVersion, on_delete=models.CASCADE, related_name="gifts", db_index=False
    )
    side = models.CharField(_("to"), max_length=8, choices=Side.choices)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    value_minor = models.BigIntegerField(_("value"))
    way = models.CharField(_("by"), max_length=5, choices=Way.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "side"], name="rule_gift_once_per_side"
            ),
            models.CheckConstraint(
                condition=Q(value_minor__gt=0), name="rule_gift_sign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} of {self.version_id}"

    @property
    def value(self) -> Money:
        """Face value of the card; the version's rule and program come loaded."""
        return self.version.rule.program.money(self.value_minor)
