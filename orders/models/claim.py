"""A claim: one link, kept like cash, and where it went."""

from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from orders.models.links import LinkBatch
from orders.models.order import new_reference
from orders.models.reward import Reward
from orders.states import CLAIM_STATES, ClaimStatus, State
from programs.models import Recipient

_S = ClaimStatus


def _conditions(now: datetime) -> dict[ClaimStatus, Q]:
    """What a link is, by the first of these that holds: the same as `Claim.status`."""
    return {
        _S.NEEDS_ATTENTION: ~Q(problem=""),
        _S.VOID: Q(voided_at__isnull=False),
        _S.CLAIMED: Q(claimed_at__isnull=False) | Q(redeemed_at__isnull=False),
        _S.EXPIRED: Q(expires_at__lte=now),
        _S.OPENED: Q(opened_at__isnull=False),
        _S.HANDED_OUT: Q(handed_out_at__isnull=False),
        _S.CREATED: Q(),
    }


def is_status(status: ClaimStatus, now: datetime) -> Q:
    """The condition of exactly this status at this moment."""
    found = Q()
    for each, condition in _conditions(now).items():
        if each is status:
            return found & condition
        found &= ~condition
    return found


class ClaimQuerySet(models.QuerySet["Claim"]):
    def with_status(self, *statuses: ClaimStatus, now: datetime | None = None) -> Self:
        at = now or timezone.now()
        wanted = Q(pk__in=[])
        for status in statuses:
            wanted |= is_status(status, at)
        return self.filter(wanted)

    def good(self) -> Self:
        """Links as they were ordered and not stopped: what may be handed out."""
        return self.filter(problem="", voided_at=None)


class Claim(models.Model):
    batch = models.ForeignKey(
        LinkBatch, on_delete=models.PROTECT, related_name="claims", db_index=False
    )
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="claims")
    # 1 to n within the batch, in the order the provider delivered them.
    number = models.PositiveIntegerField()
    # Its public name, printed beside a code; it opens nothing.
    code = models.CharField(max_length=9, default=new_reference)
    provider_claim_id = models.CharField(max_length=100, blank=True)

    # The provider's link, its challenge answer and the seed of our own link
    # (orders.claims.sealing); what a look-up needs are keyed digests.
    secret_ciphertext = models.TextField()
    link_digest = models.CharField(max_length=64)
    token_digest = models.CharField(max_length=64)
    # How often our own link was issued: each issue has a seed of its own.
    issue = models.PositiveIntegerField(default=1)

    # Why it is not as it was ordered; such a link is never handed out.
    problem = models.CharField(max_length=250, blank=True)
    recipient = models.ForeignKey(
        Recipient,
        null=True,
        on_delete=models.PROTECT,
        related_name="claims",
        db_index=False,
    )
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    handed_out_at = models.DateTimeField(null=True)
    # First opened by a person; mail scanners and previews are counted apart.
    opened_at = models.DateTimeField(null=True)
    opens = models.PositiveIntegerField(default=0)
    scans = models.PositiveIntegerField(default=0)
    # The card was shown here, to the browser whose secret has this digest.
    claimed_at = models.DateTimeField(null=True)
    holder_digest = models.CharField(max_length=64, blank=True)
    # The provider's word that the card was claimed there.
    redeemed_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        # Handing out a batch changes every row of it, and so every index: unique=True
        # would make PostgreSQL keep a second one for LIKE, which nobody asks for.
        constraints = [
            models.UniqueConstraint(fields=["code"], name="claim_code_unique"),
            models.UniqueConstraint(fields=["token_digest"], name="claim_token_unique"),
            models.UniqueConstraint(
                fields=["batch", "number"], name="claim_numbered_once"
            ),
            # One link of the provider's is good once: a repeated one has a problem.
            models.UniqueConstraint(
                fields=["link_digest"],
                condition=Q(problem=""),
                name="claim_link_once",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | ~Q(holder_digest=""),
                name="claim_has_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], name="claim_of_batch"),
            models.Index(
                fields=["recipient"],
                condition=Q(recipient__isnull=False),
                name="claim_by_recipient",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def status(self) -> ClaimStatus:
        """What it is now; `is_status` asks the database the same."""
        if self.problem:
            return _S.NEEDS_ATTENTION
        if self.voided_at:
            return _S.VOID
        if self.claimed_at or self.redeemed_at:
            return _S.CLAIMED
        if self.expires_at and self.expires_at <= timezone.now():
            return _S.EXPIRED
        if self.opened_at:
            return _S.OPENED
        return _S.HANDED_OUT if self.handed_out_at else _S.CREATED

    @property
    def person(self) -> Recipient | None:
        """Who has it: the living record of the one it was assigned to."""
        return self.recipient and (self.recipient.merged_into or self.recipient)

    @property
    def state(self) -> State:
        return CLAIM_STATES[self.status]

    @property
    def last_day(self) -> date | None:
        """The last day it can be claimed on, in the organisation's zone."""
        if self.expires_at is None:
            return None
        zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
        return timezone.localdate(self.expires_at - timedelta(seconds=1), zone)


class Handout(models.Model):
    """One time links left the portal: who took them, and in which form."""

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        QR = "qr", "QR"
        COPY = "copy", "Copy"
        MAIL = "mail", "Mail"

    batch = models.ForeignKey(
        LinkBatch, on_delete=models.PROTECT, related_name="handouts"
    )
    kind = models.CharField(max_length=4, choices=Kind.choices)
    # Names of the columns of a file.
    columns = models.JSONField(default=list)
    count = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    claims = models.ManyToManyField(
        Claim, through="orders.HandedOut", related_name="handouts"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["csv", "xlsx", "qr", "copy", "mail"]),
                name="handout_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class HandedOut(models.Model):
    """This link was in that handout: how a leak names its source. Append-only."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="+")
    handout = models.ForeignKey(
        Handout, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handout", "claim"], name="handed_out_once_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} in {self.handout_id}"
