"""Which links of a batch leave the portal, and in which form."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.claims import exporting
from orders.forms.claims import ClaimFilter
from orders.forms.paper import paper_field
from orders.models import Handout, LinkBatch
from orders.models.claim import ClaimQuerySet

# More codes than this make a page that browsers lay out slowly.
MOST_CODES: Final = 240
_USUAL_COLUMNS: Final = ("number", "code", "last_day")


class ChoiceForm(ClaimFilter):
    """Good links of a batch, as the page of the batch filters them."""

    def __init__(self, *args: Any, batch: LinkBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        for name in ClaimFilter.base_fields:
            self.fields[name].widget = forms.HiddenInput()

    def claims(self) -> ClaimQuerySet:
        """The links that are meant."""
        return self.apply(self.batch.claims.good())

    def chosen(self) -> dict[str, Any]:
        """The filters in force, by their names."""
        self.is_valid()
        given = {name: self.cleaned_data.get(name) for name in ClaimFilter.base_fields}
        return {name: value for name, value in given.items() if value}


class ExportForm(ChoiceForm):
    """A file, and its columns; who has a link is only for who may see recipients."""

    kind = forms.ChoiceField(
        widget=forms.HiddenInput,
        choices=[(k.value, k.label) for k in (Handout.Kind.CSV, Handout.Kind.XLSX)],
    )
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, may_see_recipients: bool, **kwargs: Any) -> None:
        super().__init__(*args, may_see_recipients=may_see_recipients, **kwargs)
        self._always = exporting.always(self.batch)
        columns = self.fields["columns"]
        assert isinstance(columns, forms.ChoiceField)  # noqa: S101  (declared above)
        columns.initial = _USUAL_COLUMNS
        columns.choices = [
            (name, column.label)
            for name, column in exporting.COLUMNS.items()
            # Without the provider's link its answer opens nothing.
            if name not in {"link", "answer"}
            and (may_see_recipients or not column.is_personal)
        ]
        columns.help_text = (
            _("The link is always in the file.")
            if len(self._always) == 1
            else _("The link and its challenge answer are always in the file.")
        )

    @property
    def chosen_columns(self) -> list[str]:
        """Names of the file's columns, in its order."""
        chosen = {*self.cleaned_data["columns"], *self._always}
        return [name for name in exporting.COLUMNS if name in chosen]


class PrintForm(ChoiceForm):
    """A sheet of codes: how many to a page, on which paper, which of the links."""

    layout = forms.TypedChoiceField(
        label=gettext_lazy("Codes on a page"),
        coerce=int,
        choices=[(6, "6"), (12, "12"), (24, "24")],
        initial=12,
        widget=forms.RadioSelect,
    )
    paper = paper_field()
    first = forms.IntegerField(
        label=gettext_lazy("From number"),
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.NumberInput(attrs={"class": "w-10"}),
    )
    last = forms.IntegerField(
        label=gettext_lazy("To number"),
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.NumberInput(attrs={"class": "w-10"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].help_text = _("At most %(most)s codes at a time.") % {
            "most": MOST_CODES
        }

    def claims(self) -> ClaimQuerySet:
        """The links that are meant, within the two numbers."""
        numbers = (self.cleaned_data["first"], self.cleaned_data["last"])
        return super().claims().filter(number__range=numbers)

    def rest(self) -> ClaimQuerySet:
        """Those beyond the last number."""
        return super().claims().filter(number__gt=self.cleaned_data["last"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("last", _("Enter a number that is not below the first."))
        elif self.claims().count() > MOST_CODES:
            until = last_number(super().claims(), first)
            self.add_error(
                "last",
                _("These are more than %(most)s codes. Print up to number %(until)s.")
                % {"most": MOST_CODES, "until": until},
            )
        return cleaned


def last_number(claims: ClaimQuerySet, first: int) -> int:
    """The number up to which the codes from `first` on fill one print at most."""
    numbers = claims.filter(number__gte=first).order_by("number")
    found = list(numbers.values_list("number", flat=True)[:MOST_CODES])
    return found[-1] if found else first
