"""Telling other systems: where to, what, and every attempt."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order
from orders.models.reward import Reward
from portal.permissions import Access, Permission
from programs.models import Program


class Kind(models.TextChoices):
    """What is told; the words are part of the interface and never change."""

    REWARD_PLACED = "reward.placed", _("Reward placed")
    REWARD_SENT = "reward.sent", _("Reward sent")
    REWARD_CLAIMED = "reward.claimed", _("Reward claimed")
    REWARD_FAILED = "reward.failed", _("Reward failed")
    ORDER_APPROVED = "order.approved", _("Order approved")
    ORDER_REJECTED = "order.rejected", _("Order rejected")
    TEST = "test", _("Test")


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Endpoints of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)


class Endpoint(models.Model):
    """An address of another system that wants to be told, and what about."""

    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="endpoints", db_index=False
    )
    url = models.CharField(_("address"), max_length=500)
    label = models.CharField(_("name"), max_length=100)
    kinds = models.JSONField(_("events"), default=list)
    is_active = models.BooleanField(default=True)
    # Signs what is sent; while it is rotated, the old one signs as well.
    secret_ciphertext = models.TextField()
    old_secret_ciphertext = models.TextField(blank=True)
    old_secret_until = models.DateTimeField(null=True)
    # Attempts in a row that nobody took; after one, it is left in peace for a while.
    failures = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["program", "-id"], name="endpoint_newest")]

    def __str__(self) -> str:
        return self.label

    def rests(self, now: datetime) -> bool:
        """Whether it is left in peace because nobody was there."""
        return self.rests_until is not None and now < self.rests_until

    def has_old_secret(self, now: datetime) -> bool:
        """Whether the secret before this one still signs."""
        until = self.old_secret_until
        return bool(self.old_secret_ciphertext) and until is not None and now < until


class Announcement(models.Model):
    """One thing that happened, told under one id however often it is sent."""

    # The webhook-id of the Standard Webhooks scheme.
    message_id = models.UUIDField(unique=True, default=uuid.uuid4)
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    order = models.ForeignKey(
        Order, null=True, on_delete=models.PROTECT, related_name="announcements"
    )
    reward = models.ForeignKey(
        Reward, null=True, on_delete=models.PROTECT, related_name="announcements"
    )
    happened_at = models.DateTimeField()
    # What is sent, to the byte; no personal data.
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "reward"],
                condition=Q(reward__isnull=False),
                name="announcement_once_per_reward",
            ),
            models.UniqueConstraint(
                fields=["kind", "order"],
                condition=Q(reward__isnull=True, order__isnull=False),
                name="announcement_once_per_order",
            ),
        ]
        indexes = [models.Index(fields=["program", "-id"], name="announcement_newest")]

    def __str__(self) -> str:
        return f"msg_{self.message_id.hex}"


class Delivery(models.Model):
    """An announcement on its way to one endpoint."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="deliveries"
    )
    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_index=False
    )
    status = models.CharField(
        max_length=9, choices=Status.choices, default=Status.WAITING
    )
    attempts_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    # Replaying starts the three days of trying anew.
    tried_since = models.DateTimeField()
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "endpoint"], name="delivery_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "delivered", "failed"]),
                name="delivery_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
            models.Index(fields=["endpoint", "status", "-id"], name="delivery_status"),
            models.Index(
                fields=["endpoint", "created_at", "status"], name="delivery_recent"
            ),
            models.Index(
                fields=["endpoint", "next_at", "id"],
                condition=Q(status="waiting"),
                name="delivery_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} to {self.endpoint_id}"


class DeliveryAttempt(models.Model):
    """One POST and what came back; of the answer only that."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="attempts"
    )
    at = models.DateTimeField()
    # None where nothing came back; the problem says why.
    status_code = models.PositiveIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    problem = models.CharField(max_length=250, blank=True)

    def __str__(self) -> str:
        return f"{self.status_code or self.problem}"
