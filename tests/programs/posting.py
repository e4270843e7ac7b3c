"""Shipping methods as the provider lists them, and what is known of them here."""

from datetime import date
from decimal import Decimal
from typing import Any

from programs.models import CardCarrier, Holiday, ShippingMethod, TransitTime


def make_method(
    provider_id: str,
    price: str = "4.95",
    days: tuple[int, int] | None = None,
    *,
    cut_off_hour: int = 14,
    is_tracked: bool = False,
    **fields: Any,
) -> ShippingMethod:
    """A method on offer that takes so many business days; nobody knows without."""
    method = ShippingMethod.objects.create(
        provider_id=provider_id,
        cost_minor=int(Decimal(price) * 100),
        **{
            "carrier": "Pelican Post",
            "description": provider_id.capitalize(),
            **fields,
        },
    )
    if days:
        TransitTime.objects.create(
            method=method,
            least_days=days[0],
            most_days=days[1],
            cut_off_hour=cut_off_hour,
            is_tracked=is_tracked,
        )
    return method


def make_shipping() -> None:
    """One of everything a page about shipping shows."""
    make_method("STANDARD", "4.95", (5, 8))
    make_method("OVERNIGHT", "29.90", (1, 1), is_tracked=True, carrier="Swiftline")
    make_method("PIGEON", "0.50", carrier="")
    CardCarrier.objects.create(provider_id="DEFAULT", description="Plain folder")
    Holiday.objects.create(day=date(2099, 12, 25), name="Christmas Day")
    Holiday.objects.create(day=date(2020, 12, 25), name="An old Christmas Day")


def enter_times() -> None:
    """What is known of the methods that the provider's sandbox lists."""
    times = {"STANDARD": (5, 8), "PRIORITY": (2, 3), "OVERNIGHT": (1, 1)}
    for method in ShippingMethod.objects.filter(provider_id__in=times):
        least, most = times[method.provider_id]
        TransitTime.objects.create(
            method=method,
            least_days=least,
            most_days=most,
            cut_off_hour=14,
            is_tracked=least < 5,
        )
