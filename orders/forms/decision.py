"""What an approver types."""

from django import forms
from django.utils.translation import gettext_lazy


class DecisionForm(forms.Form):
    """A comment, and the content that was on the screen."""

    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
