from django import forms
from django.utils.translation import gettext_lazy as _


class GiveUpForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is given up"),
        max_length=500,
        widget=forms.Textarea({"rows": 3, "data-count": ""}),
        help_text=_("Kept with the message. Write no names or addresses."),
        error_messages={"required": _("Say why this message is given up.")},
    )
