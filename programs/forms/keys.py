"""Forms about keys: a new one, what was chosen about one, a new secret for one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.permissions import Access, Permission
from programs import arrival, keys
from programs.forms.networks import NetworksField
from programs.keys import Terms
from programs.models import ApiKey, Program

_YEAR: Final = timedelta(days=365)
_MOST_CALLS: Final = 60_000


def _day_field(help_text: object) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        initial=lambda: arrival.local_day(timezone.now()) + _YEAR,
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
        help_text=help_text,  # type: ignore[arg-type]  # lazy words are words
    )


class KeyForm(forms.Form):
    """What every key has; `terms` once it is valid."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("Of the system that will use it."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=[
            (scope.value, f"{scope.label} ({scope.value})") for scope in ApiKey.Scope
        ],
        initial=[ApiKey.Scope.EVENTS_WRITE],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )
    networks = NetworksField(
        label=gettext_lazy("Networks it may call from"),
        help_text=gettext_lazy(
            "One a line, such as 203.0.113.0/24. Empty means from anywhere."
        ),
    )
    expires_on = _day_field(gettext_lazy("Empty means that it never expires."))
    rate_per_minute = forms.IntegerField(
        label=gettext_lazy("Calls a minute"),
        initial=lambda: settings.API_RATE_KEY,
        validators=[MinValueValidator(1), MaxValueValidator(_MOST_CALLS)],
        widget=forms.NumberInput({"class": "w-10", "min": "1"}),
    )

    def clean_name(self) -> str:
        """With single spaces."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_expires_on(self) -> date | None:
        """Today or later, unless it is as it was."""
        day: date | None = self.cleaned_data["expires_on"]
        if day != self.initial.get("expires_on"):
            _refuse_past(day)
        return day

    @property
    def terms(self) -> Terms:
        """What was chosen; only after is_valid()."""
        chosen = self.cleaned_data
        return Terms(
            name=chosen["name"],
            scopes=tuple(chosen["scopes"]),
            networks=chosen["networks"],
            rate_per_minute=chosen["rate_per_minute"],
            expires_at=_end_of(chosen["expires_on"]),
        )


class NewKeyForm(KeyForm):
    """A key of one of the programs in which this person makes them."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=ApiKey.Mode.choices,
        initial=ApiKey.Mode.TEST,
        widget=forms.RadioSelect,
    )
    field_order = ("name", "program", "mode", "scopes")

    def __init__(
        self,
        data: Any = None,
        *,
        access: Access,
        owner: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        suggested = {"name": _("Key of %(name)s") % {"name": owner}}
        super().__init__(data, initial={**suggested, **(initial or {})})
        reachable = Program.objects.reachable(access, Permission.KEYS_MANAGE)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        program.queryset = reachable.exclude(status=Program.Status.CLOSED).order_by(
            "name"
        )


class EditKeyForm(KeyForm):
    """The same for a key that exists; its program and mode are for good."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, key: ApiKey) -> None:
        initial = {
            "name": key.name,
            "scopes": key.scopes,
            "networks": key.networks,
            "expires_on": last_day_of(key),
            "rate_per_minute": key.rate_per_minute,
            "version": key.version,
        }
        super().__init__(data, initial=initial)

    def differences(self, stored: Terms) -> list[dict[str, object]]:
        """Where what was typed differs from what is stored, as `diff.html` shows it."""
        labels = {"expires_at": self.fields["expires_on"].label}
        return [
            {
                "label": labels.get(name) or self.fields[name].label,
                "before": _words(getattr(stored, name)),
                "after": _words(getattr(self.terms, name)),
            }
            for name in keys.differences(stored, self.terms)
        ]


class RotateForm(forms.Form):
    """How long the old secret works beside the new one, and until when the key does."""

    overlap = forms.TypedChoiceField(
        label=gettext_lazy("The old secret works for another"),
        coerce=lambda hours: timedelta(hours=int(hours)),
        choices=[
            (1, gettext_lazy("Hour")),
            (24, gettext_lazy("Day")),
            (7 * 24, gettext_lazy("7 days")),
            (30 * 24, gettext_lazy("30 days")),
            (0, gettext_lazy("No time: it stops at once")),
        ],
        initial=24,
        widget=forms.RadioSelect,
    )
    expires_on = _day_field(
        gettext_lazy("Of the key itself. Empty means that it never expires.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_expires_on(self) -> date | None:
        """Today or later."""
        day: date | None = self.cleaned_data["expires_on"]
        _refuse_past(day)
        return day

    @property
    def facts(self) -> dict[str, Any]:
        """What keys.rotate is asked for; only after is_valid()."""
        chosen = dict(self.cleaned_data)
        return chosen | {"expires_at": _end_of(chosen.pop("expires_on"))}


def last_day_of(key: ApiKey) -> date | None:
    """The last day on which the key works all day long."""
    if key.expires_at is None:
        return None
    return arrival.local_day(key.expires_at - timedelta(seconds=1))


def _end_of(last_day: date | None) -> datetime | None:
    return None if last_day is None else arrival.end_of(last_day)


def _refuse_past(day: date | None) -> None:
    if day is not None and day < arrival.local_day(timezone.now()):
        raise ValidationError(_("Choose today or a later day."), code="past")


def _words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, datetime):
        return str(arrival.local_day(value - timedelta(seconds=1)))
    return "" if value is None else str(value)
