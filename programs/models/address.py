"""A postal address of a person, in the address book."""

from django.db import models
from django.utils import timezone

from programs.models.recipient import Recipient

MOST_REASON = 200


class PostalAddress(models.Model):
    """Kept as `programs.addresses` normalised it; a person has the same one once.

    The name on the label is the person's own.
    """

    # Found by the index of the constraint below.
    recipient = models.ForeignKey(
        Recipient, on_delete=models.PROTECT, related_name="addresses", db_index=False
    )
    # Limits of the provider (provider-api: 5.1, PhysicalDeliveryAddress).
    country = models.CharField(max_length=2)
    line1 = models.CharField(max_length=100)
    line2 = models.CharField(max_length=100, blank=True)
    line3 = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100)
    state = models.CharField(max_length=2)
    postal_code = models.CharField(max_length=50)
    # Keyed, over all of the above: two spellings of one address have one.
    digest = models.CharField(max_length=64)
    # Why it was kept although the rules of its post doubt it; empty where they do not.
    reason = models.CharField(max_length=MOST_REASON, blank=True)
    # The latest one used or entered is what a form offers first.
    used_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "digest"], name="address_once_per_person"
            ),
        ]
        # Who is known at an address, where no contact says who somebody is.
        indexes = [models.Index(fields=["digest"], name="address_by_digest")]

    def __str__(self) -> str:
        return f"Address {self.pk}"
