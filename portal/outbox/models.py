"""What still has to leave the building. The table is the truth; brokers only wake."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> Self:
        """Waiting, its time has come, and nobody holds a live lease on it."""
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=now)
        return self.filter(
            free, status=Message.Status.WAITING, not_before__lte=now
        ).order_by("not_before", "id")

    def stuck(self) -> Self:
        return self.filter(status=Message.Status.STUCK)


class Message(models.Model):
    """One thing to do outside a transaction, for the handler of its topic."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        STUCK = "stuck", _("Stuck")
        ABANDONED = "abandoned", _("Given up")

    topic = models.CharField(max_length=50)
    # Topic and id: enqueueing the same thing twice brings the first one forward.
    key = models.CharField(max_length=150, unique=True)
    payload = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.WAITING
    )
    not_before = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    # Counts enqueues, so that a wake-up during a run is not lost with that run's end.
    revision = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["waiting", "done", "stuck", "abandoned"]
                ),
                name="outbox_status_known",
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                condition=models.Q(status="waiting"),
                name="outbox_due",
            ),
            models.Index(
                fields=["-id"], condition=models.Q(status="stuck"), name="outbox_stuck"
            ),
            models.Index(
                fields=["done_at"],
                condition=models.Q(status="done"),
                name="outbox_done_at",
            ),
        ]

    def __str__(self) -> str:
        return self.key
