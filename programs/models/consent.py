"""Consent: append-only entries, each one act of granting or withdrawing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.recipient import Recipient


class Wording(models.Model):
    """A text people agreed to, stored once by its hash, never edited."""

    version = models.CharField(max_length=20, unique=True)
    text = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.version


class ConsentEntry(models.Model):
    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")

    class Purpose(models.TextChoices):
        REWARDS = "rewards", _("Rewards")
        MARKETING = "marketing", _("Marketing")

    class Decision(models.TextChoices):
        GRANTED = "granted", _("Granted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Source(models.TextChoices):
        WEB_FORM = "web form", _("Web form")
        PAPER = "paper", _("Signed paper")
        SPOKEN = "spoken", _("Spoken")
        REPLY = "reply", _("Reply to a message")
        PREFERENCES = "preferences page", _("Preferences page")
        MERGE = "merge", _("Merge of two records")
        IMPORT = "import", _("Import")
        API = "api", _("Reported by another system")

    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="consent_entries"
    )
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    purpose = models.CharField(
        _("purpose"), max_length=9, choices=Purpose.choices, default=Purpose.REWARDS
    )
    decision = models.CharField(max_length=9, choices=Decision.choices)
    # Consent is given for a number or an address, not for whichever comes later.
    contact_digest = models.CharField(max_length=64, blank=True)
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT)
    source = models.CharField(_("source"), max_length=16, choices=Source.choices)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    given_on = models.DateField(_("given on"), null=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=50)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=["email", "sms"]),
                name="consent_channel_known",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=["rewards", "marketing"]),
                name="consent_purpose_known",
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=["granted", "withdrawn"]),
                name="consent_decision_known",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="consent_by_recipient"),
            models.Index(fields=["contact_digest", "-id"], name="consent_by_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.decision}"
