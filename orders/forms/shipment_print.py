"""What is printed of parcels, and on which paper."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy

from orders.forms.paper import paper_field
from orders.shipments.printing import Kind

_ADDRESSES: Final = [
    (
        Kind.LABELS.value,
        gettext_lazy("Labels: 24 on A4 (63.5 × 33.9 mm), 30 on Letter (2⅝ × 1 inch)"),
    ),
    (Kind.TABLE.value, gettext_lazy("A list, one row for each parcel")),
]


class SlipForm(forms.Form):
    """Packing slips, one per page."""

    paper = paper_field()
    with_value = forms.BooleanField(
        label=gettext_lazy("Print what each card is worth"),
        required=False,
        help_text=gettext_lazy("Left out, so that a parcel does not tell it."),
    )

    @property
    def kind(self) -> Kind:
        return Kind.SLIPS


class AddressListForm(forms.Form):
    """Addresses alone, on labels or in a list."""

    layout = forms.ChoiceField(
        label=gettext_lazy("Print as"),
        choices=_ADDRESSES,
        initial=Kind.LABELS.value,
        widget=forms.RadioSelect,
    )
    paper = paper_field()

    @property
    def kind(self) -> Kind:
        return Kind(self.cleaned_data["layout"])
