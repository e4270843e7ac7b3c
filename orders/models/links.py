"""A batch of claim links: what its order asks for beyond product, value and price."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order


class LinkBatch(models.Model):
    class Way(models.TextChoices):
        """How the links leave the portal."""

        PORTAL = "portal", _("Links to this portal")
        PROVIDER = "provider", _("The provider’s own links")

    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="links")
    # The campaign; people see it, recipients do not.
    label = models.CharField(_("label"), max_length=100)
    quantity = models.PositiveIntegerField()
    # One line item for all of them: the provider then tells one status for all.
    is_one_line = models.BooleanField(default=False)
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.PORTAL)
    # The last day of the offer, in the organisation's zone; null means no last day.
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    # What the claim page says: who gives it, and why.
    from_name = models.CharField(_("From name"), max_length=150)
    message = models.TextField(
        _("message"), blank=True, validators=[MaxLengthValidator(400)]
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0), name="links_quantity_sign"
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=["portal", "provider"]),
                name="links_way_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def expires_at(self) -> datetime | None:
        """The moment the offer ends."""
        return end_of(self.expires_on) if self.expires_on else None


def end_of(last_day: date) -> datetime:
    """The midnight after a last day, in the organisation's zone."""
    zone = ZoneInfo(settings.DEFAULT_TIME_ZONE)
    return datetime.combine(last_day + timedelta(days=1), time(), tzinfo=zone)
