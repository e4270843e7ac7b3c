"""Which events are replayed together."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portal.permissions import Access, Permission
from programs.models import Program

_DAYS: Final = 7
# Whose moments there are in every zone.
_YEARS: Final = [
    MinValueValidator(datetime(2000, 1, 1, tzinfo=UTC)),
    MaxValueValidator(datetime(2100, 1, 1, tzinfo=UTC)),
]


class ReplayForm(forms.Form):
    """All that came to nothing in a program since a time."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    since = forms.DateTimeField(
        label=gettext_lazy("Received since"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
        validators=_YEARS,
        help_text=gettext_lazy("Date and time, in your time zone."),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        choices=[("live", gettext_lazy("Live")), ("test", gettext_lazy("Test"))],
        initial="live",
    )

    def __init__(self, data: QueryDict | None, *, access: Access) -> None:
        initial = {"since": timezone.now() - timedelta(days=_DAYS)}
        super().__init__(data, initial=initial)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        programs = Program.objects.reachable(access, Permission.EVENTS_REPLAY)
        program.queryset = programs.order_by("name")

    @property
    def wanted(self) -> dict[str, Any]:
        """What the verb and its outlook are asked for."""
        return {
            "program": self.cleaned_data["program"],
            "since": self.cleaned_data["since"],
            "is_test": self.cleaned_data["mode"] == "test",
        }
