"""A reward: one line of an order, for one recipient or as a link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.order import Order
from orders.models.placement import Placement
from orders.states import REWARD_STATES, RewardStatus, State
from portal.money import Money
from programs.models import Product, Recipient, SheetRow


class Reward(models.Model):
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="rewards")
    placement = models.ForeignKey(
        Placement, null=True, on_delete=models.PROTECT, related_name="rewards"
    )
    # Nobody for a link: who has it, if anybody knows, is said on its claim.
    recipient = models.ForeignKey(
        Recipient, null=True, on_delete=models.PROTECT, related_name="rewards"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    value_minor = models.BigIntegerField()
    quantity = models.PositiveIntegerField(default=1)
    # Where it goes, as it stood when the order was last saved; empty means not there.
    # A postal reward goes to its shipment's address; by e-mail it is only asked for it.
    email = models.EmailField(_("e-mail"), max_length=150, blank=True)
    phone = models.CharField(_("mobile"), max_length=20, blank=True)

    # Limits of the provider (provider-api: Orders, Personalization).
    to_name = models.CharField(_("To"), max_length=150)
    from_name = models.CharField(_("From name"), max_length=150)
    from_email = models.EmailField(_("From e-mail"), max_length=150, blank=True)
    message = models.TextField(_("message"), max_length=400, blank=True)
    deliver_at = models.DateTimeField(_("delivery"), null=True, blank=True)

    # The row of the list it was made from, and what that list calls it.
    row = models.ForeignKey(
        SheetRow, null=True, on_delete=models.PROTECT, related_name="rewards"
    )
    external_id = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=10, blank=True)

    status = models.CharField(
        max_length=10,
        choices=[(s.value, REWARD_STATES[s].label) for s in RewardStatus],
        default=RewardStatus.QUEUED,
    )
    problem = models.CharField(max_length=250, blank=True)
    provider_line_id = models.CharField(max_length=100, blank=True)
    provider_status = models.CharField(max_length=50, blank=True)
    cost_minor = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[s.value for s in RewardStatus]),
                name="reward_status_known",
            ),
            models.CheckConstraint(
                condition=models.Q(value_minor__gt=0, quantity__gt=0),
                name="reward_amount_sign",
            ),
            # A row may be sent again only after its reward came to nothing.
            models.UniqueConstraint(
                fields=["row"],
                condition=~models.Q(status__in=["failed", "cancelled"]),
                name="reward_once_per_row",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "status", "id"], name="reward_of_order"),
            models.Index(fields=["recipient", "-id"], name="reward_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"Reward {self.pk}"

    @property
    def state(self) -> State:
        return REWARD_STATES[RewardStatus(self.status)]

    @property
    def value(self) -> Money:
        """Face value of one card."""
        return Money.of_minor(self.value_minor, self.order.currency)

    @property
    def face(self) -> Money:
        return self.value * self.quantity

    @property
    def line_id(self) -> str:
        """What the provider's line is told from others by; empty sends none."""
        if self.order.is_postal:
            return parcel_number(self.pk)
        # Its own id is what keeps apart links that are alike in all else.
        return self.external_id if self.order.type == Order.Type.LINKS else ""


def parcel_number(reward_id: int) -> str:
    """What a reward's parcel is called on paper and in lists, such as S-4711."""
    return f"S-{reward_id}"
