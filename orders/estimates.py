"""When a parcel is expected: our estimate, never a promise."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orders.models import Shipment
from programs import sentences, shipping
from programs.arrival import Window


def expected(parcel: Shipment) -> Window | None:
    """As estimated when it was ordered, else as if it were ordered now.

    None where nobody said how long its method takes. A query for the holidays, and one
    for a method read without its transit time.
    """
    now = timezone.now()
    if parcel.arrives_from and parcel.arrives_by:
        return Window(parcel.arrives_from, parcel.arrives_by, ordered_by=now)
    return shipping.window(parcel.method, now)


def in_words(window: Window | None) -> str:
    """The days of a parcel's window, said to be an estimate."""
    if window is None:
        return _("Nobody entered how long this method takes")
    return _("%(days)s (estimate)") % {"days": sentences.arrival(window)}


def day_needed(parcel: Shipment) -> str:
    """The day it is needed by, in words; empty for no day."""
    return date_format(parcel.needed_by, "j M Y") if parcel.needed_by else ""
