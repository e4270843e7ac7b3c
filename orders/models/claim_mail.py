"""A link mailed by the portal: asked for by a person, then sent once or not at all."""

from django.db import models
from django.db.models import Q

from orders.models.claim import Claim, Handout
from programs.models import Recipient


class ClaimMail(models.Model):
    """Neither sent nor with a problem: the worker has not come to it yet."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="mails")
    # Who asked for it, and when.
    handout = models.ForeignKey(
        Handout, on_delete=models.PROTECT, related_name="mails", db_index=False
    )
    # A link that was issued anew since is another one, and is not sent for this.
    issue = models.PositiveIntegerField()
    sent_at = models.DateTimeField(null=True)
    # Whom it was asked for: the link may have been given to somebody else since.
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Why it was not sent, in a sentence without an address.
    problem = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["handout", "claim"], name="claim_mail_once_each"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(problem=""),
                name="claim_mail_sent_or_not",
            ),
        ]

    def __str__(self) -> str:
        return f"Mail {self.pk} of claim {self.claim_id}"

    @property
    def person(self) -> Recipient:
        """The living record of whom it was asked for."""
        return self.recipient.merged_into or self.recipient
