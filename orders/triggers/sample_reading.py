"""A sample event out of what a person typed or pasted: JSON as the API takes it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import simplejson
from django.utils import timezone
from django.utils.translation import gettext as _

from orders.triggers.calls import Address, EventCall, Person

_PLACE: Final = ("line1", "line2", "city", "state", "postal_code", "country")


class Unreadable(Exception):
    """It cannot be read as an event; the text says what to change."""


def read(typed: str) -> EventCall:
    """The event that this describes; what a rule does not look at is left alone.

    Without a time it is one of right now. Raises Unreadable.
    """
    try:
        said = simplejson.loads(typed, use_decimal=True)
    except (ValueError, RecursionError):
        raise Unreadable(_("This is no JSON. Check its quotes and commas.")) from None
    if not isinstance(said, dict):
        raise Unreadable(_("Enter one event: a JSON object in curly brackets."))
    if not isinstance(said.get("type"), str) or not said["type"]:
        raise Unreadable(_("Enter a “type”, such as referral.completed."))
    return EventCall(
        event_id=str(said.get("event_id", "")),
        type=said["type"],
        occurred_at=_moment(said.get("occurred_at")),
        person=_person(said.get("person")),
        advocate=_person(said.get("advocate")),
        attributes=_attributes(said.get("attributes")),
    )


def _moment(said: object) -> datetime:
    if said is None:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        text = _("Enter “occurred_at” as in 2026-03-01T12:00:00Z, or leave it out.")
        raise Unreadable(text) from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _attributes(said: object) -> Mapping[str, Any]:
    if said is None:
        return {}
    plain = (str, int, Decimal, bool, type(None))
    if isinstance(said, dict) and all(isinstance(v, plain) for v in said.values()):
        return said
    raise Unreadable(
        _("Enter “attributes” as an object of plain texts, numbers, true or false.")
    )


def _person(said: object) -> Person | None:
    if not isinstance(said, dict):
        return None
    place = said.get("address")
    name, email, phone = (str(said.get(n) or "") for n in ("name", "email", "phone"))
    return Person(
        name=name,
        email=email,
        phone=phone,
        address=Address(**{part: str(place.get(part) or "") for part in _PLACE})
        if isinstance(place, dict)
        else None,
    )
