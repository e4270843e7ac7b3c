"""Rules of law as dated settings: rows, never constants in code."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DatedSetting(models.Model):
    """A value that holds from a day on, until a later row says otherwise."""

    class Name(models.TextChoices):
        """Amounts are in US cents."""

        PRIZES_NEW_YORK = "prizes_ny", _("New York: prizes above this are registered")
        PRIZES_FLORIDA = "prizes_fl", _("Florida: prizes above this are registered")
        PRIZES_RHODE_ISLAND = (
            "prizes_ri",
            _("Rhode Island, in shops: prizes above this are registered"),
        )

    name = models.CharField(_("rule"), max_length=30, choices=Name.choices)
    value = models.BigIntegerField(_("value"))
    valid_from = models.DateField(_("valid from"))
    source = models.CharField(_("source"), max_length=250)
    # Nobody for what the portal came with.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="dated_setting_sign"
            )
        ]
        indexes = [
            models.Index(
                fields=["name", "-valid_from", "-id"], name="dated_setting_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.valid_from}"
