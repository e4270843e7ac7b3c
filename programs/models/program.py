"""A program: a budget, rules, messages, products and people; the border of access."""

from datetime import date
from typing import Self

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.money import Money
from portal.permissions import Access, Permission


class ProgramQuerySet(models.QuerySet["Program"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(pk__in=ids)

    def active(self) -> Self:
        return self.filter(status=Program.Status.ACTIVE)

    def delivering(self, delivery_type: str) -> Self:
        """Programs that deliver this way."""
        # SQLite cannot ask whether a JSON list contains a word; its text always can.
        return self.filter(delivery_types__icontains=f'"{delivery_type}"')


class Program(models.Model):
    class Kind(models.TextChoices):
        REFERRAL = "referral", _("Referral")
        PROMOTION = "promotion", _("Promotion")
        RECOGNITION = "recognition", _("Recognition")
        SURVEY = "survey", _("Survey")
        ENGAGEMENT = "engagement", _("Engagement")
        MILESTONE = "milestone", _("Milestone")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CLOSED = "closed", _("Closed")

    class ApprovalRule(models.TextChoices):
        ALWAYS = "always", _("Every order needs approval")
        ABOVE = "above", _("Orders above an amount need approval")
        NEVER = "never", _("No order needs approval")

    class EmailConsent(models.TextChoices):
        RECORDED = "recorded", _("E-mail needs recorded consent")
        NOT_WITHDRAWN = "not withdrawn", _("E-mail is fine unless withdrawn")

    class DeliveryType(models.TextChoices):
        """The provider's words (provider-api: Orders)."""

        DIGITAL = "DigitalDelivery", _("By e-mail or SMS")
        LINKS = "Links", _("Claim links")
        PHYSICAL = "PhysicalShipment", _("By post")

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    purpose = models.TextField(_("purpose"), blank=True, max_length=500)
    starts_on = models.DateField(_("first day"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    status = models.CharField(
        max_length=6, choices=Status.choices, default=Status.ACTIVE
    )

    # Budget, in minor units of the currency; budget.py is the only writer.
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="USD",
        validators=[RegexValidator(r"^[A-Z]{3}\Z")],
    )
    funded_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    spent_minor = models.BigIntegerField(default=0)

    # Rules
    reward_cap_minor = models.BigIntegerField(null=True, blank=True)
    recipient_cap_minor = models.BigIntegerField(null=True, blank=True)
    # Null means over the whole life of the program.
    recipient_cap_days = models.PositiveIntegerField(null=True, blank=True)
    approval_rule = models.CharField(
        _("approval"),
        max_length=6,
        choices=ApprovalRule.choices,
        default=ApprovalRule.ALWAYS,
    )
    approval_above_minor = models.BigIntegerField(null=True, blank=True)
    email_consent = models.CharField(
        _("consent for e-mail"),
        max_length=13,
        choices=EmailConsent.choices,
        default=EmailConsent.NOT_WITHDRAWN,
    )
    # Empty means every product of the program's currency.
    products = models.ManyToManyField("programs.Product", blank=True, related_name="+")
    delivery_types = models.JSONField(default=list)
    # Whether assigned claim links may go out in the portal's own e-mails.
    mails_links = models.BooleanField(_("mail claim links"), default=False)
    phone_region = models.CharField(_("phone region"), max_length=2, default="US")

    # What a new reward starts with
    from_name = models.CharField(_("From name"), max_length=150)
    message = models.TextField(
        _("message"), blank=True, validators=[MaxLengthValidator(400)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="program_name_unique"),
            models.CheckConstraint(
                condition=models.Q(held_minor__gte=0)
                & models.Q(spent_minor__gte=0)
                & models.Q(
                    funded_minor__gte=models.F("held_minor") + models.F("spent_minor")
                ),
                name="program_within_budget",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["active", "paused", "closed"]),
                name="program_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(approval_rule__in=["always", "above", "never"]),
                name="program_approval_rule_known",
            ),
            models.CheckConstraint(
                condition=models.Q(email_consent__in=["recorded", "not withdrawn"]),
                name="program_email_consent_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "referral",
                        "promotion",
                        "recognition",
                        "survey",
                        "engagement",
                        "milestone",
                        "other",
                    ]
                ),
                name="program_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def funded(self) -> Money:
        return self.money(self.funded_minor)

    @property
    def held(self) -> Money:
        return self.money(self.held_minor)

    @property
    def spent(self) -> Money:
        return self.money(self.spent_minor)

    @property
    def available(self) -> Money:
        """What an order may still hold: funded - held - spent."""
        return self.money(self.funded_minor - self.held_minor - self.spent_minor)

    @property
    def reward_cap(self) -> Money | None:
        return (
            None if self.reward_cap_minor is None else self.money(self.reward_cap_minor)
        )

    @property
    def recipient_cap(self) -> Money | None:
        minor = self.recipient_cap_minor
        return None if minor is None else self.money(minor)

    @property
    def approval_above(self) -> Money | None:
        minor = self.approval_above_minor
        return None if minor is None else self.money(minor)

    def money(self, minor: int) -> Money:
        """Minor units in the program's currency."""
        return Money.of_minor(minor, self.currency)

    def runs_on(self, day: date) -> bool:
        """Whether rewards may be sent on this day, by status and dates."""
        begun = self.starts_on is None or self.starts_on <= day
        over = self.ends_on is not None and self.ends_on < day
        return self.status == self.Status.ACTIVE and begun and not over
