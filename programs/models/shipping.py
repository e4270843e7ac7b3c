"""What the provider does not say about the post: how long it takes, and days off."""

from typing import Final

from django.db import models

from programs.models.catalogue import ShippingMethod

MOST_DAYS: Final = 60
LAST_HOUR: Final = 23


class TransitTime(models.Model):
    """How long a shipping method takes, in business days, as people here found out."""

    method = models.OneToOneField(
        ShippingMethod, on_delete=models.PROTECT, related_name="transit"
    )
    least_days = models.PositiveSmallIntegerField()
    most_days = models.PositiveSmallIntegerField()
    # In the organisation's zone: what is ordered before it leaves on the same day.
    cut_off_hour = models.PositiveSmallIntegerField()
    is_tracked = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    least_days__gte=1,
                    most_days__gte=models.F("least_days"),
                    most_days__lte=MOST_DAYS,
                ),
                name="transit_days_sensible",
            ),
            models.CheckConstraint(
                condition=models.Q(cut_off_hour__lte=LAST_HOUR),
                name="transit_hour_sensible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least_days} to {self.most_days} business days"


class Holiday(models.Model):
    """A day on which nothing is shipped and nothing arrives, besides weekends."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name
