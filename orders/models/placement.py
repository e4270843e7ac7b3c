"""A placement: one POST to the provider, frozen before it is first sent."""

from django.db import models

from orders.models.order import Order
from orders.states import PLACEMENT_STATES, PlacementStatus, State


class Placement(models.Model):
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, related_name="placements"
    )
    # Number and body are stored before the first attempt and never change.
    po_number = models.CharField(max_length=100, unique=True)
    body_ciphertext = models.TextField()
    body_digest = models.CharField(max_length=64)
    # The unguessable part of this placement's webhook address, as a keyed digest.
    hook_digest = models.CharField(max_length=64, unique=True)
    held_minor = models.BigIntegerField()
    status = models.CharField(
        max_length=15,
        choices=[(s.value, PLACEMENT_STATES[s].label) for s in PlacementStatus],
        default=PlacementStatus.READY,
    )
    problem = models.CharField(max_length=250, blank=True)
    # The provider refused while an earlier attempt's fate was unknown: settled only
    # when that attempt can no longer land.
    refusal = models.CharField(max_length=250, blank=True)
    # Staff gave it up: its rewards end as cancelled, not as failed.
    is_abandoned = models.BooleanField(default=False)
    provider_order_id = models.CharField(max_length=100, blank=True)
    provider_status = models.CharField(max_length=50, blank=True)
    cost_minor = models.BigIntegerField(null=True)
    polls = models.PositiveIntegerField(default=0)
    # Looks in a row at which the provider did not know the order.
    misses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    # A person knew better than the provider's words; those no longer count.
    is_settled_by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in PlacementStatus]),
                name="placement_status_known",
            ),
            models.UniqueConstraint(
                fields=["provider_order_id"],
                condition=~models.Q(provider_order_id=""),
                name="placement_provider_order_once",
            ),
        ]

    def __str__(self) -> str:
        return self.po_number

    @property
    def state(self) -> State:
        return PLACEMENT_STATES[PlacementStatus(self.status)]


class Attempt(models.Model):
    """One POST. Without `finished_at` its fate is unknown, also after a crash."""

    class Outcome(models.TextChoices):
        CREATED = "created"
        DUPLICATE = "duplicate"
        REFUSED = "refused"
        INSUFFICIENT_FUNDS = "insufficient funds"
        UNKNOWN = "unknown"

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="attempts"
    )
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    detail = models.CharField(max_length=250, blank=True)
    # What a 422 said the account holds: the only balance the provider tells us.
    balance_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "number"], name="attempt_numbered_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["-finished_at"],
                condition=models.Q(balance_minor__isnull=False),
                name="attempt_latest_balance",
            )
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.placement_id}"


class Hint(models.Model):
    """A webhook call: never believed, it only brings the next look forward."""

    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="hints"
    )
    body_digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "body_digest"], name="hint_once"
            )
        ]

    def __str__(self) -> str:
        return f"Hint {self.pk}"
