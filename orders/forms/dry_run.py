"""A sample event for a dry run, as a person types or pastes it."""

from typing import Any, Final

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy

from orders.triggers import sample_reading
from orders.triggers.calls import EventCall

# As much as the API takes.
_MOST: Final = 64 * 1024


class SampleForm(forms.Form):
    """`call` is the event, once it is valid."""

    sample = forms.CharField(
        label=gettext_lazy("Sample event"),
        help_text=gettext_lazy("JSON, as the other system would send it."),
        validators=[
            MaxLengthValidator(
                _MOST, gettext_lazy("Use at most 64 kB, as the API does.")
            )
        ],
        widget=forms.Textarea({"rows": 14, "spellcheck": "false", "class": "mono"}),
    )

    call: EventCall

    def clean_sample(self) -> Any:
        typed = self.cleaned_data["sample"]
        try:
            self.call = sample_reading.read(typed)
        except sample_reading.Unreadable as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return typed
