"""A file of tracking numbers: bringing it, and confirming what it would change."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.shipments import tracking_files
from orders.shipments.tracking_files import Listing
from portal.web.bringing import TableForm, table_file


class BringForm(TableForm):
    file = table_file(
        gettext_lazy("Tracking numbers"),
        gettext_lazy(
            "CSV or Excel (XLSX), one row for each parcel, with the names of the "
            "columns above."
        ),
    )


class ConfirmForm(forms.Form):
    """The lines that were shown, and which plan for them was on the screen."""

    lines = forms.CharField(widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def clean_lines(self) -> Listing:
        listing = tracking_files.unpack(self.cleaned_data["lines"])
        if listing is None:
            raise ValidationError(_("This file did not come whole. Bring it again."))
        return listing
