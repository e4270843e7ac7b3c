"""Our copy of what the provider offers. Retired when it disappears, never deleted."""

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.money import Money

if TYPE_CHECKING:
    from programs.models.shipping import TransitTime


class ProductQuerySet(models.QuerySet["Product"]):
    def offered(self) -> Self:
        """Not retired."""
        return self.filter(retired_at=None)


class Product(models.Model):
    class Denomination(models.TextChoices):
        """The provider's words (provider-api: Products)."""

        FIXED = "Fixed", _("Fixed values")
        VARIABLE = "Variable", _("Any value in a range")
        NO_CENTS = "VariableNoCents", _("Any whole value in a range")

    provider_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20)
    # The provider's word, kept even when it is none of ours.
    denomination_type = models.CharField(max_length=30)
    # Decimal strings: the values, or the least and the most.
    denominations = models.JSONField(default=list)
    currency = models.CharField(max_length=3)
    fee_minor = models.BigIntegerField(default=0)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    delivery_types = models.JSONField(default=list)
    short_description = models.TextField(blank=True)
    long_description = models.TextField(blank=True)
    terms = models.TextField(blank=True)
    disclaimer = models.TextField(blank=True)
    redemption_note = models.TextField(blank=True)
    fulfillment_group = models.CharField(max_length=100, blank=True)
    has_required_card_carriers = models.BooleanField(default=False)
    raw = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["name", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def values(self) -> tuple[Decimal, ...]:
        """The fixed values, or the least and the most, in major units."""
        return tuple(Decimal(value) for value in self.denominations)

    @property
    def fee(self) -> Money:
        """Per unit."""
        return Money.of_minor(self.fee_minor, self.currency)

    @property
    def is_fixed(self) -> bool:
        return self.denomination_type == self.Denomination.FIXED

    def accepts(self, value: Decimal) -> bool:
        """Whether the provider sells a card of this value, in major units."""
        if self.is_fixed:
            return value in self.values
        if len(self.values) != 2 or not self.values[0] <= value <= self.values[1]:
            return False
        if self.denomination_type == self.Denomination.NO_CENTS:
            return value == value.to_integral_value()
        if self.denomination_type == self.Denomination.VARIABLE:
            return Money.rounded(value, self.currency).amount == value
        return False

    def delivers(self, delivery_type: str) -> bool:
        return delivery_type in self.delivery_types


class ShippingMethodQuerySet(models.QuerySet["ShippingMethod"]):
    def offered(self) -> Self:
        """Not retired."""
        return self.filter(retired_at=None)


class ShippingMethod(models.Model):
    provider_id = models.CharField(max_length=100, unique=True)
    carrier = models.CharField(max_length=100)
    description = models.CharField(max_length=250)
    # The provider names no currency for it; shown in the installation's own.
    cost_minor = models.BigIntegerField(default=0)
    raw = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)

    objects = ShippingMethodQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.carrier}: {self.description}"

    @property
    def name(self) -> str:
        """What people call it: the provider's words, or its id where it has none."""
        return self.description or self.provider_id

    @property
    def transit_time(self) -> "TransitTime | None":
        """How long it takes, where somebody said so; a query unless joined."""
        return getattr(self, "transit", None)


class CardCarrier(models.Model):
    """The printed sheet that holds a card; no delivery company (provider-api: 7)."""

    provider_id = models.CharField(max_length=100, unique=True)
    description = models.CharField(max_length=250, blank=True)
    raw = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.description or self.provider_id


class Branding(models.Model):
    provider_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200, blank=True)
    raw = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or self.provider_id


class CatalogueRefresh(models.Model):
    """One reading of the provider's catalogue; the latest says "as of"."""

    at = models.DateTimeField()
    products = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    retired = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"Catalogue as of {self.at:%Y-%m-%d %H:%M}"
