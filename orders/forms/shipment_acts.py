"""What staff record of one parcel."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from orders.eligibility import Problem
from orders.models import Shipment
from orders.shipments.facts import Facts
from programs import arrival

_HIDDEN: Final = {"version", "seen"}
_SHIPPED: Final = gettext_lazy(
    "Enter the day it was shipped. That it was not can be undone on its page."
)


def _day(label: object, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "w-10"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,  # type: ignore[arg-type]  # lazy words are words
        widget=widget,
        **options,
    )


def _text(label: object, most: int, **options: Any) -> forms.CharField:
    attrs = {"autocomplete": "off", "class": "w-20"}
    return forms.CharField(
        label=label,  # type: ignore[arg-type]
        max_length=most,
        widget=forms.TextInput(attrs),
        **options,
    )


class _ActForm(forms.Form):
    """Some of a parcel's facts, with the version of it that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    # What the parcel had then: a form may suggest something else.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, parcel: Shipment) -> None:
        self.parcel = parcel
        names = self.base_fields.keys() - _HIDDEN
        self._stored = {name: getattr(parcel, name) for name in sorted(names)}
        super().__init__(
            data, initial={**self._stored, "version": parcel.version, "seen": self._now}
        )

    @property
    def facts(self) -> Facts:
        """What was entered; only after is_valid()."""
        told = {name: self.cleaned_data[name] for name in self._stored}
        return Facts(**told)

    def refuse(self, problems: Sequence[Problem]) -> None:
        """Put what the rules say at the fields it is about."""
        for problem in problems:
            at = problem.field if problem.field in self.fields else None
            self.add_error(at, problem.message)

    def changes(self) -> Iterator[dict[str, str]]:
        """What was on the screen, and what the parcel has by now, where they differ."""
        before = _read(self.data.get("seen", ""))
        now = _read(self._now)
        for field in self.visible_fields():
            old, new = before.get(field.name, ""), now[field.name]
            if old != new:
                yield {"label": str(field.label), "before": old, "after": new}

    def renewed(self) -> "_ActForm":
        """The form with what was typed, for the parcel as it is by now."""
        shown = {"version": str(self.parcel.version), "seen": self._now}
        return type(self)({**dict(self.data.items()), **shown}, self.parcel)

    @property
    def _now(self) -> str:
        return json.dumps({name: _plain(value) for name, value in self._stored.items()})


class TrackForm(_ActForm):
    tracking_number = _text(gettext_lazy("Tracking number"), 100, required=False)
    tracking_company = _text(gettext_lazy("Delivery company"), 100, required=False)
    tracking_url = forms.CharField(
        label=gettext_lazy("Tracking link"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("The page that follows it, such as https://…"),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
    )
    shipped_on = _day(
        gettext_lazy("Shipped on"),
        required=False,
        help_text=gettext_lazy("Empty while it has not left."),
        error_messages={"required": _SHIPPED},
    )

    def __init__(self, data: Any, parcel: Shipment) -> None:
        super().__init__(data, parcel)
        if not parcel.tracking_company and not parcel.tracking_number:
            self.initial["tracking_company"] = parcel.method.carrier
        if parcel.shipped_on:
            self.fields["shipped_on"].required = True


class DeliverForm(_ActForm):
    delivered_on = _day(
        gettext_lazy("Delivered on"),
        error_messages={"required": gettext_lazy("Enter the day it arrived.")},
    )

    def __init__(self, data: Any, parcel: Shipment) -> None:
        super().__init__(data, parcel)
        self.initial["delivered_on"] = parcel.delivered_on or _today()


class ReturnForm(_ActForm):
    returned_on = _day(
        gettext_lazy("Came back on"),
        error_messages={"required": gettext_lazy("Enter the day it came back.")},
    )
    return_reason = _text(
        gettext_lazy("Reason"),
        200,
        help_text=gettext_lazy("What is on the parcel, such as: unknown, moved away."),
        error_messages={"required": gettext_lazy("Enter why it came back.")},
    )

    def __init__(self, data: Any, parcel: Shipment) -> None:
        super().__init__(data, parcel)
        self.initial["returned_on"] = parcel.returned_on or _today()


def _today() -> object:
    return arrival.local_day(timezone.now())


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _read(seen: str) -> dict[str, str]:
    """What `seen` held; nothing for what is none of ours."""
    try:
        found = json.loads(seen)
        # Half of a surrogate pair is none of ours either, and no page can show it.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items()}
