"""A parcel: where one reward of a postal order goes, how, and what became of it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models

from orders.models.reward import Reward, parcel_number
from orders.parcel_states import ON_THE_WAY, SHIPMENT_STATES, ShipmentStatus
from orders.states import State
from portal.permissions import Access, Permission
from programs.models import Program, ShippingMethod


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Parcels of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)

    def late(self, today: date) -> Self:
        """On their way and past the last day they were expected on."""
        waits = [status.value for status in ON_THE_WAY]
        return self.filter(status__in=waits, arrives_by__lt=today)


class Shipment(models.Model):
    """One per reward. Without an address its recipient is asked for it, or will be."""

    reward = models.OneToOneField(
        Reward, on_delete=models.CASCADE, related_name="shipment"
    )
    # The order's; kept here for lists of parcels.
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The label, as `programs.addresses` normalised it when the order was last saved.
    # Limits of the provider (provider-api: 5.1, PhysicalDeliveryAddress).
    name = models.CharField(max_length=150)
    country = models.CharField(max_length=2, blank=True)
    line1 = models.CharField(max_length=100, blank=True)
    line2 = models.CharField(max_length=100, blank=True)
    line3 = models.CharField(max_length=100, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=2, blank=True)
    postal_code = models.CharField(max_length=50, blank=True)
    # Why it is right although the rules of its post doubt it, and who said so.
    reason = models.CharField(max_length=200, blank=True)
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    method = models.ForeignKey(
        ShippingMethod, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The provider's id of the printed sheet that holds the card; empty sends none.
    card_carrier = models.CharField(max_length=100, blank=True)
    needed_by = models.DateField(null=True)

    status = models.CharField(
        max_length=20,
        choices=[(s.value, SHIPMENT_STATES[s].label) for s in ShipmentStatus],
        default=ShipmentStatus.PLANNED,
    )
    # What posting it was expected to cost when its placement was frozen, in minor units
    # of the order's currency.
    cost_minor = models.BigIntegerField(null=True)
    # Our estimate, made then as well.
    arrives_from = models.DateField(null=True)
    arrives_by = models.DateField(null=True)
    # Days where the organisation is: the provider's word, or recorded by staff.
    shipped_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    return_reason = models.CharField(max_length=200, blank=True)
    # The provider has none: entered or imported by staff.
    tracking_company = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    # Counts what staff record, so that two do not overwrite each other.
    version = models.PositiveIntegerField(default=1)

    objects = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in ShipmentStatus]),
                name="shipment_status_known",
            ),
        ]
        indexes = [
            models.Index(fields=["program", "-id"], name="shipment_newest_in_program"),
            models.Index(fields=["status", "-id"], name="shipment_newest_by_status"),
            models.Index(
                fields=["arrives_by"],
                condition=models.Q(status__in=[s.value for s in ON_THE_WAY]),
                name="shipment_late",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What it is called on paper, in lists and as the provider's ExternalId."""
        return parcel_number(self.reward_id)

    @property
    def stage(self) -> State:
        """How its status is shown; `state` is a part of its address."""
        return SHIPMENT_STATES[ShipmentStatus(self.status)]

    @property
    def has_address(self) -> bool:
        return bool(self.line1)

    def is_late(self, today: date) -> bool:
        """Whether it is on its way and past the last day it was expected on."""
        is_due = self.arrives_by is not None and self.arrives_by < today
        return is_due and ShipmentStatus(self.status) in ON_THE_WAY


class AddressRequest(models.Model):
    """A mailed link with which a recipient says where their parcel is to go.

    Neither mailed nor with a problem: the worker has not come to it yet. Asking again
    gives another link, and the one before leads nowhere.
    """

    shipment = models.OneToOneField(
        Shipment, on_delete=models.CASCADE, related_name="request"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    token_ciphertext = models.TextField()
    # Later than now where its mail has to wait, since they had one lately.
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # How often it was asked for; a mail is for one of these times.
    issue = models.PositiveIntegerField(default=1)
    mailed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    # Why it was not mailed, in a sentence without an address.
    problem = models.CharField(max_length=250, blank=True)

    def __str__(self) -> str:
        return f"Request {self.pk} of {self.shipment_id}"
