"""What extending links and voiding many of them ask for."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import batches


class ExtendForm(forms.Form):
    """A later last day; `before` and `version` are what was on the screen."""

    last_day = forms.DateField(
        label=gettext_lazy("New last day"),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-10"}, format="%Y-%m-%d"
        ),
    )
    before = forms.DateField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day < timezone.localdate():
            raise ValidationError(_("This day has passed. Choose a later one."))
        if problem := next(batches.date_problems(day), None):
            raise ValidationError(problem.message)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, before = cleaned.get("last_day"), cleaned.get("before")
        if day and before and day <= before:
            text = _("The last day is %(day)s already. Choose one after it.")
            words = text % {"day": date_format(before, "j M Y")}
            self.add_error("last_day", words)
        return cleaned


class VoidAllForm(forms.Form):
    """The number of links, typed by whoever stops them; `count` was on the screen."""

    typed = forms.CharField(
        label=gettext_lazy("How many links"),
        max_length=20,
        help_text=gettext_lazy("Type the number above, to be sure it is meant."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "w-10"}
        ),
    )
    count = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("typed", "").replace(",", "").strip()
        if "typed" in cleaned and typed != str(cleaned.get("count")):
            text = _("Type %(count)s to void all of them, or leave the page.")
            self.add_error("typed", text % {"count": cleaned.get("count")})
        return cleaned
