"""Forms about the post: how long a shipping method takes, and holidays."""

from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import arrival
from programs.models.shipping import LAST_HOUR, MOST_DAYS
from programs.transit_times import Facts

_HOURS: Final = [(hour, f"{hour:02}:00") for hour in range(LAST_HOUR + 1)]
_AFTERNOON: Final = 14
# A holiday forgotten last year still explains a card that came late.
_YEARS_BACK, _YEARS_AHEAD = 1, 5


def _days(label: object) -> forms.IntegerField:
    widget = forms.NumberInput({"class": "w-5"})
    return forms.IntegerField(
        label=label,  # type: ignore[arg-type]  # lazy words are words
        min_value=1,
        max_value=MOST_DAYS,
        widget=widget,
    )


class TransitForm(forms.Form):
    least_days = _days(gettext_lazy("Fewest business days"))
    most_days = _days(gettext_lazy("Most business days"))
    cut_off_hour = forms.TypedChoiceField(
        label=gettext_lazy("Leaves on the same day if ordered before"),
        choices=_HOURS,
        coerce=int,
        initial=_AFTERNOON,
    )
    is_tracked = forms.BooleanField(
        label=gettext_lazy("Tracked"),
        required=False,
        help_text=gettext_lazy("The delivery company gives a tracking number."),
    )

    def __init__(self, data: QueryDict | None, *, initial: Any) -> None:
        super().__init__(data, initial=initial)
        zone = {"zone": settings.DEFAULT_TIME_ZONE}
        self.fields["cut_off_hour"].help_text = _("In %(zone)s.") % zone

    def clean(self) -> None:
        """The most is no less than the fewest."""
        least = self.cleaned_data.get("least_days")
        most = self.cleaned_data.get("most_days")
        if least is not None and most is not None and most < least:
            said = _("Enter %(least)d or more: it cannot be less than the fewest.")
            self.add_error("most_days", said % {"least": least})

    @property
    def facts(self) -> Facts:
        """What was entered; only after is_valid()."""
        return Facts(**self.cleaned_data)


class HolidayForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean_day(self) -> date:
        """Near enough to today to be meant."""
        day: date = self.cleaned_data["day"]
        year = arrival.local_day(timezone.now()).year
        first = date(year - _YEARS_BACK, 1, 1)
        last = date(year + _YEARS_AHEAD, 12, 31)
        if not first <= day <= last:
            words = {
                "first": format_date(first, "j M Y"),
                "last": format_date(last, "j M Y"),
            }
            said = _("Enter a day from %(first)s to %(last)s.") % words
            raise ValidationError(said, code="far")
        return day

    def clean_name(self) -> str:
        """With single spaces."""
        return " ".join(self.cleaned_data["name"].split())
