"""Four eyes: who decided on what content, and who had a hand in it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class Contributor(models.Model):
    """Somebody who made, edited or submitted the order; can never approve it."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="contributors"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "user"], name="contributor_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.order_id}"


class Submission(models.Model):
    """What was on the page when an order was submitted, to tell later what changed."""

    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="submissions"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    content_hash = models.CharField(max_length=64)
    facts = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["order", "-id"], name="submission_newest_of_order")
        ]

    def __str__(self) -> str:
        return f"Submission {self.pk} of {self.order_id}"


class Approval(models.Model):
    """One decision, bound to the content that was on screen."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        CHANGES_REQUESTED = "changes requested", _("Changes requested")
        REJECTED = "rejected", _("Rejected")
        UNDONE = "undone", _("Undone")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="approvals")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.CharField(max_length=17, choices=Decision.choices)
    content_hash = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    comment = models.TextField(blank=True, max_length=2000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    decision__in=[
                        "approved",
                        "changes requested",
                        "rejected",
                        "undone",
                    ]
                ),
                name="approval_decision_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} by {self.user_id}"
