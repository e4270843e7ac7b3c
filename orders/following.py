"""Where parcels are, as far as the provider's word and our own acts tell."""

from collections.abc import Sequence
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from orders.models import Order, Reward, Shipment
from orders.parcel_states import ShipmentStatus
from orders.states import PROVIDER_FULFILMENT, RewardStatus
from programs import arrival, shipping
from programs.models import ShippingMethod

_LOST: Final = (RewardStatus.FAILED, RewardStatus.CANCELLED)
_BEFORE_SHIPPED: Final = (
    ShipmentStatus.PLANNED,
    ShipmentStatus.QUEUED,
    ShipmentStatus.FULFILMENT,
)


def ordered(order: Order, rewards: Sequence[Reward]) -> None:
    """They go to the provider now: each parcel has an estimate of its arrival.

    Within the verb that freezes their placement. Does nothing for other orders.
    """
    if not order.is_postal:
        return
    now = timezone.now()
    holidays = arrival.holidays_from(now)
    parcels = Shipment.objects.filter(reward__in=[reward.pk for reward in rewards])
    ids = parcels.order_by().values_list("method_id", flat=True).distinct()
    methods = ShippingMethod.objects.select_related("transit").filter(pk__in=list(ids))
    for method in methods:
        window = shipping.window(method, now, holidays=holidays)
        parcels.filter(method=method).update(
            status=ShipmentStatus.QUEUED,
            cost_minor=shipping.cost(method, order.currency).minor,
            arrives_from=window.earliest if window else None,
            arrives_by=window.latest if window else None,
            # What was recorded of an earlier try is not about this one.
            shipped_on=None,
            delivered_on=None,
            returned_on=None,
            return_reason="",
            tracking_company="",
            tracking_number="",
            tracking_url="",
            version=F("version") + 1,
        )


def follow(order: Order, rewards: QuerySet[Reward]) -> None:
    """Bring the parcels of these rewards up to what became of the rewards.

    Within the verb that changed those. Only forwards: what staff recorded of a parcel
    that was shipped stays. Does nothing for orders that are not posted.
    """
    if not order.is_postal:
        return
    waiting = Shipment.objects.filter(reward__in=rewards, status__in=_BEFORE_SHIPPED)
    waiting.filter(reward__status=RewardStatus.SHIPPED).update(
        status=ShipmentStatus.SHIPPED,
        shipped_on=Coalesce("shipped_on", arrival.local_day(timezone.now())),
    )
    waiting.filter(reward__status__in=_LOST).update(status=ShipmentStatus.STOPPED)
    # "Completed" says that it is filled, and not that it left.
    at_work = Q(reward__provider_status__iexact=PROVIDER_FULFILMENT)
    at_work |= Q(reward__status=RewardStatus.SENT)
    waiting.filter(at_work, status=ShipmentStatus.QUEUED).update(
        status=ShipmentStatus.FULFILMENT
    )
