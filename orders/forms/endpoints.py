"""Forms about endpoints: one that is told, which of its messages are meant."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Delivery, Endpoint, Kind
from orders.webhooks import replaying
from orders.webhooks.endpoints import Wish
from orders.webhooks.overview import DELIVERY_STATES
from portal.egress.addresses import objection
from portal.permissions import Access, Permission
from programs.models import Program

FAILED, SINCE = "failed", "since"
# What somebody can ask to be told; a test is sent by a button.
_KINDS: Final = [(kind.value, kind.label) for kind in Kind if kind != Kind.TEST]


class EndpointForm(forms.Form):
    """What every endpoint has; `wish` once it is valid."""

    label = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy("Of the system that is told."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
        help_text=gettext_lazy("Where messages are sent, such as https://…"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"),
        choices=[(value, f"{label} ({value})") for value, label in _KINDS],
        initial=[value for value, _label in _KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )

    def clean_url(self) -> str:
        """An address that may be sent to."""
        url: str = self.cleaned_data["url"]
        if problem := objection(url):
            raise ValidationError(problem)
        return url

    @property
    def wish(self) -> Wish:
        """What was chosen; only after is_valid()."""
        chosen = self.cleaned_data
        return Wish(chosen["url"], chosen["label"], tuple(chosen["kinds"]))

    def refuse_taken(self) -> None:
        """Say that the program tells this address already."""
        self.add_error(
            "url",
            _(
                "An endpoint of this program has this address already. Edit that one, "
                "or enter another address."
            ),
        )


class NewEndpointForm(EndpointForm):
    """An endpoint of one of the programs in which this person manages them."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    field_order = ("label", "program", "url", "kinds")

    def __init__(self, data: Any, *, access: Access) -> None:
        super().__init__(data)
        reachable = Program.objects.reachable(access, Permission.ENDPOINTS_MANAGE)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        open_ones = reachable.exclude(status=Program.Status.CLOSED)
        program.queryset = open_ones.order_by("name")


class EditEndpointForm(EndpointForm):
    """An endpoint that exists, with the version of it that was on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, endpoint: Endpoint) -> None:
        names = ("label", "url", "kinds", "version")
        super().__init__(data, initial={n: getattr(endpoint, n) for n in names})

    def differences(self) -> list[dict[str, str]]:
        """What is stored by now, and what was typed, where they differ."""
        return [
            {
                "label": str(field.label),
                "before": _plain(field.initial),
                "after": _plain(self.cleaned_data[field.name]),
            }
            for field in self.visible_fields()
            if _plain(field.initial) != _plain(self.cleaned_data[field.name])
        ]


class DeliveryFilter(forms.Form):
    """Which deliveries are meant; a filter that makes no sense is left out."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            *((status.value, state.label) for status, state in DELIVERY_STATES.items()),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        required=False,
        choices=[("", gettext_lazy("All")), *Kind.choices],
    )

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return self.is_valid() and any(self.cleaned_data.values())

    def apply(self, deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """Those that match."""
        chosen = self.cleaned_data if self.is_valid() else {}
        if status := chosen.get("status"):
            deliveries = deliveries.filter(status=status)
        if kind := chosen.get("kind"):
            deliveries = deliveries.filter(announcement__kind=kind)
        return deliveries


class ReplayForm(forms.Form):
    """Which of an endpoint's messages are sent again."""

    which = forms.ChoiceField(
        label=gettext_lazy("What is sent again"),
        widget=forms.RadioSelect,
        choices=[
            (FAILED, gettext_lazy("Everything that was given up")),
            (SINCE, gettext_lazy("Everything since a time, arrived or not")),
        ],
        initial=FAILED,
    )
    since = forms.DateTimeField(
        label=gettext_lazy("Since"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        # Whose moments there are in every zone.
        validators=[
            MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
            MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC)),
        ],
        help_text=gettext_lazy("Date and time, in your time zone."),
        initial=lambda: timezone.now() - timedelta(days=1),
    )

    def clean(self) -> dict[str, Any]:
        """A time where one is needed."""
        cleaned = super().clean() or {}
        wants_time = cleaned.get("which") == SINCE and "since" not in self.errors
        if wants_time and not cleaned.get("since"):
            self.add_error("since", _("Enter since when."))
        return cleaned

    def meant(self, endpoint: Endpoint) -> QuerySet[Delivery]:
        """The deliveries; only after is_valid()."""
        if self.cleaned_data["which"] == FAILED:
            return replaying.failed(endpoint)
        return replaying.since(endpoint, self.cleaned_data["since"])


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(value))
    return str(value)
