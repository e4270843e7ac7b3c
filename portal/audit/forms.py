"""How the journal may be narrowed down."""

from datetime import date
from typing import Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from portal.audit.actions import Action
from portal.audit.reading import KINDS, title_of

# Days whose midnight is a time in every zone.
_DAYS: Final = [
    MinValueValidator(date(2000, 1, 1)),
    MaxValueValidator(date(2100, 1, 1)),
]


class EntryFilter(forms.Form):
    """Words are looked for in names; each app says how its own records are found.

    The dates are not called after and before: those two name the pages' cursors.
    """

    kind = forms.ChoiceField(
        label=_("Who"),
        choices=[("", _("Anybody")), *((str(kind), KINDS[kind]) for kind in KINDS)],
        required=False,
    )
    person = forms.CharField(
        label=_("Name or e-mail"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    action = forms.ChoiceField(
        label=_("Did what"),
        choices=[("", _("Anything")), *((str(a), title_of(a)) for a in Action)],
        required=False,
    )
    program = forms.CharField(
        label=_("Program"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    about = forms.CharField(
        label=_("To what"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=_DAYS,
        widget=forms.DateInput({"type": "date"}),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        validators=_DAYS,
        widget=forms.DateInput({"type": "date"}),
    )
