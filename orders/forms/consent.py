"""Consent, recorded along with the first order that needs it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.gifts import ConsentEvidence
from programs import consent, wordings
from programs.models import ConsentEntry


class ConsentForm(forms.Form):
    """How and when somebody agreed; left empty where that is on record."""

    prefix = "consent"

    source = forms.ChoiceField(label=gettext_lazy("How they agreed"))
    given_on = forms.DateField(
        label=gettext_lazy("When they agreed"),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-10"}, format="%Y-%m-%d"
        ),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Where the proof is kept, for example a form number."),
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        # Left alone, it has nothing to complain about; then no field is required.
        super().__init__(
            data, initial=initial, empty_permitted=True, use_required_attribute=False
        )
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        staff = [(source.value, source.label) for source in consent.STAFF_SOURCES]
        field.choices = [("", _("Choose")), *staff]

    def is_filled(self) -> bool:
        """Whether anything was typed here at all."""
        return any(self[name].value() for name in self.fields)

    def clean_given_on(self) -> Any:
        day = self.cleaned_data["given_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(
                _("Enter the day they agreed, not one to come.")
            )
        return day

    def given(self) -> ConsentEvidence:
        """What was recorded, under the wording in use."""
        return ConsentEvidence(
            wording=wordings.current(),
            source=ConsentEntry.Source(self.cleaned_data["source"]),
            given_on=self.cleaned_data["given_on"],
            evidence=self.cleaned_data["evidence"],
        )
