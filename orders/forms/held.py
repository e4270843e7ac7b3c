"""What is typed where a held reward is decided on."""

from django import forms
from django.utils.translation import gettext_lazy


class HeldForm(forms.Form):
    """The reason, and the version that was on the screen."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For whoever asks later; it stays on record."),
        error_messages={
            "required": gettext_lazy("Say why: whoever asks later needs to know.")
        },
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
