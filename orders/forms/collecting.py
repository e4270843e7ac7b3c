"""What asking recipients for their addresses asks of whoever does it."""

from datetime import date, datetime, timedelta
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models.links import end_of
from programs import arrival

_MOST_DAYS: Final = 90


class CollectForm(forms.Form):
    """Until when they have time; `version` and `confirm` are what was on the screen."""

    last_day = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        help_text=gettext_lazy("Whoever has not answered is reminded once, halfway."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-10"}, format="%Y-%m-%d"
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    confirm = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        today = arrival.local_day(timezone.now())
        if day <= today:
            raise ValidationError(_("Choose tomorrow or a later day."))
        if day > today + timedelta(days=_MOST_DAYS):
            raise ValidationError(
                _("Choose a day within %(days)s days.") % {"days": _MOST_DAYS}
            )
        return day

    @property
    def until(self) -> datetime:
        """The moment the last day ends."""
        return end_of(self.cleaned_data["last_day"])
