"""The form of a rule of law that holds from a day on."""

from datetime import date
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web.fields import MoneyField
from programs import arrival, dated
from programs.models import DatedSetting

_FIRST_DAY: Final = date(2000, 1, 1)
_YEARS_AHEAD: Final = 10


class DatedForm(forms.Form):
    name = forms.ChoiceField(
        label=gettext_lazy("Rule"), choices=DatedSetting.Name.choices
    )
    value = MoneyField(label=gettext_lazy("Value"), currency=dated.CURRENCY)
    valid_from = forms.DateField(
        label=gettext_lazy("Holds from"),
        initial=lambda: arrival.local_day(timezone.now()),
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    source = forms.CharField(
        label=gettext_lazy("Where it stands"),
        max_length=250,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=gettext_lazy(
            "The law and its section. It can never be edited; a correction is another "
            "row from the same day."
        ),
    )

    def clean_valid_from(self) -> date:
        """Near enough to be meant."""
        day: date = self.cleaned_data["valid_from"]
        last = date(arrival.local_day(timezone.now()).year + _YEARS_AHEAD, 12, 31)
        if not _FIRST_DAY <= day <= last:
            words = {
                "first": format_date(_FIRST_DAY, "j M Y"),
                "last": format_date(last, "j M Y"),
            }
            said = _("Enter a day from %(first)s to %(last)s.") % words
            raise ValidationError(said, code="far")
        return day

    def clean_source(self) -> str:
        """With single spaces."""
        return " ".join(self.cleaned_data["source"].split())
