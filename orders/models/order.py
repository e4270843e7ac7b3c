"""An order: what a manager asks for, of one type, in one program."""

import math
import secrets
import uuid
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from orders.states import ORDER_STATES, OrderStatus, State
from portal.money import Money
from portal.permissions import Access, Permission
from programs.models import Program, Sheet

if TYPE_CHECKING:
    from orders.models.reward import Reward

# No letters or digits that look alike when read aloud or off paper.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"


def new_reference() -> str:
    """A public name for an order, such as 7KQ3-WMTX; 28^8 of them."""
    letters = [secrets.choice(_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


class OrderQuerySet(models.QuerySet["Order"]):
    def reachable(self, access: Access, permission: Permission) -> Self:
        """Orders of programs in which this person holds the permission."""
        ids = access.program_ids(permission)
        return self if ids is None else self.filter(program_id__in=ids)

    def of_shape(self, shape: "Order.Shape") -> Self:
        if shape == Order.Shape.LINKS:
            return self.filter(type=Order.Type.LINKS)
        is_list = models.Q(sheet__isnull=False)
        is_list |= models.Q(origin=Order.Origin.COLLECTED)
        cards = self.exclude(type=Order.Type.LINKS)
        return cards.filter(is_list if shape == Order.Shape.LIST else ~is_list)

    def with_status(self, *statuses: OrderStatus) -> Self:
        return self.filter(status__in=statuses)


class Order(models.Model):
    class Type(models.TextChoices):
        """The provider's words (provider-api: Orders)."""

        DIGITAL = "DigitalDelivery"
        LINKS = "Links"
        PHYSICAL = "PhysicalShipment"

    class Shape(StrEnum):
        """What its pages show: one reward, a list of them, or a batch of links."""

        SINGLE = "single"
        LIST = "list"
        LINKS = "links"

    class Origin(models.TextChoices):
        """Who asked for it: somebody here, or another system by an event or call."""

        PERSON = "person"
        TRIGGER = "trigger"
        # The rewards of many events in one order.
        COLLECTED = "collected"

    reference = models.CharField(max_length=9, unique=True, default=new_reference)
    program = models.ForeignKey(
        Program, on_delete=models.PROTECT, related_name="orders"
    )
    type = models.CharField(max_length=20, choices=Type.choices, default=Type.DIGITAL)
    origin = models.CharField(
        max_length=9,
        choices=Origin.choices,
        default=Origin.PERSON,
        db_default=Origin.PERSON,
    )
    # Assigned in lifecycle.py and nowhere else.
    status = models.CharField(
        max_length=25,
        choices=[(status.value, ORDER_STATES[status].label) for status in OrderStatus],
        default=OrderStatus.DRAFT,
    )
    problem = models.CharField(max_length=250, blank=True)
    po_number = models.CharField(max_length=100, unique=True)
    note = models.CharField(max_length=250, blank=True)
    # What makes posting the same form twice one order.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4)
    version = models.PositiveIntegerField(default=1)
    # Over everything an approver decides on; set when submitted.
    content_hash = models.CharField(max_length=64, blank=True)
    rule = models.CharField(max_length=250, blank=True)

    # A bulk order comes from a list, whose ready rows become its rewards in batches.
    sheet = models.ForeignKey(
        Sheet, null=True, on_delete=models.PROTECT, related_name="orders"
    )
    rewards_planned = models.PositiveIntegerField(default=1)
    rewards_count = models.PositiveIntegerField(default=1)
    # Somebody stopped it: what is not sent waits.
    is_paused = models.BooleanField(default=False)

    currency = models.CharField(max_length=3)
    face_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    discount_minor = models.BigIntegerField(default=0)
    # Of every parcel by itself: the provider does not say what its prices are for.
    shipping_minor = models.BigIntegerField(default=0, db_default=0)
    estimate_minor = models.BigIntegerField(default=0)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    release_at = models.DateTimeField(null=True)
    # Until then recipients may say where their parcels are to go.
    collects_until = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    # Set by history.add_first_rewards for the rows of a list.
    first_reward: "Reward | None" = None
    # The name of the rule or key behind it; nothing for what a person asked for.
    triggered_by: str = ""

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in OrderStatus]),
                name="order_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    type__in=["DigitalDelivery", "Links", "PhysicalShipment"]
                ),
                name="order_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(estimate_minor__gte=0), name="order_estimate_sign"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=["person", "trigger", "collected"]),
                name="order_origin_known",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(
                fields=["program", "-created_at", "-id"], name="order_newest_in_program"
            ),
            models.Index(
                fields=["status", "-created_at", "-id"], name="order_newest_by_status"
            ),
        ]

    def __str__(self) -> str:
        return self.po_number

    @property
    def state(self) -> State:
        return ORDER_STATES[OrderStatus(self.status)]

    @property
    def shape(self) -> Shape:
        if self.type == self.Type.LINKS:
            return self.Shape.LINKS
        is_list = self.sheet_id or self.origin == self.Origin.COLLECTED
        return self.Shape.LIST if is_list else self.Shape.SINGLE

    @property
    def is_postal(self) -> bool:
        return self.type == self.Type.PHYSICAL

    @property
    def is_filling(self) -> bool:
        """Whether rewards are still being made from the list."""
        return self.rewards_count < self.rewards_planned

    @property
    def face(self) -> Money:
        return Money.of_minor(self.face_minor, self.currency)

    @property
    def fee(self) -> Money:
        return Money.of_minor(self.fee_minor, self.currency)

    @property
    def discount(self) -> Money:
        return Money.of_minor(self.discount_minor, self.currency)

    @property
    def shipping(self) -> Money:
        return Money.of_minor(self.shipping_minor, self.currency)

    @property
    def estimate(self) -> Money:
        """What the provider is expected to charge; held on the budget."""
        return Money.of_minor(self.estimate_minor, self.currency)

    @property
    def hold_seconds_left(self) -> int:
        """How long the release hold still runs; 0 when it is over or none runs."""
        if not self.can_be_undone() or self.release_at is None:
            return 0
        return math.ceil((self.release_at - timezone.now()).total_seconds())

    def can_be_undone(self, now: datetime | None = None) -> bool:
        """Whether the release hold still runs."""
        running = (
            self.release_at is not None and (now or timezone.now()) < self.release_at
        )
        return self.status == OrderStatus.APPROVED and running
