"""The form that says which of a list's columns is what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web.numbers import whole_number
from programs import consent, shipping
from programs.addresses import countries
from programs.models import Sheet, ShippingMethod
from programs.sheets import mappings, offers, postal, readings
from programs.sheets.fields import ANSWERABLE, LABELS, OF_POST, Field
from programs.sheets.proposals import BEFORE, CONTENT, NAME, REMEMBERED, Proposal

_MOST_SAMPLES: Final = 3
_MOST_SHOWN: Final = 40
_HOW: Final = {
    NAME: gettext_lazy("Matched by name"),
    CONTENT: gettext_lazy("Matched by content"),
    REMEMBERED: gettext_lazy("As the last time"),
    BEFORE: gettext_lazy("As it was read until now"),
}
_TEXT: Final = {"autocomplete": "off", "class": "w-20"}
_DAY: Final = {"type": "date", "class": "w-20"}


@dataclass(frozen=True, slots=True)
class Line:
    """One of our fields on the page."""

    field: Field
    column: BoundField
    answer: BoundField | None
    how: str
    samples: Sequence[str]
    samples_id: str
    # It needs a person; or else, it is read from somewhere.
    is_due: bool
    is_given: bool


class ColumnsForm(forms.Form):
    """A column for each of our fields, or one answer for the whole list."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        sheet: Sheet,
        data: Any = None,
        *,
        proposal: Proposal,
        asked: Collection[str] = (),
    ) -> None:
        super().__init__(data, initial={"version": sheet.version})
        self._sheet, self._proposal = sheet, proposal
        self._due = {*proposal.ambiguous, *proposal.missing, *asked}
        if proposal.how.get(Field.VALUE) == CONTENT:
            self._due.add(Field.VALUE)
        self._shown = mappings.fields_of(sheet)
        columns = column_choices(sheet)
        for field in self._shown:
            self.fields[_column(field)] = forms.TypedChoiceField(
                label=str(LABELS[field]),
                required=False,
                coerce=int,
                empty_value=None,
                choices=columns,
                initial=proposal.mapping.get(field),
                widget=forms.Select({"aria-describedby": _samples(field)}),
            )
            if field in ANSWERABLE:
                self.fields[_answer(field)] = self._answer_field(field)

    @property
    def mapping(self) -> dict[str, int]:
        """Our field -> index of the chosen column; only after is_valid()."""
        return {
            field.value: column
            for field in self._shown
            if (column := self.cleaned_data[_column(field)]) is not None
        }

    @property
    def answers(self) -> dict[str, str]:
        """Our field -> what was said for the whole list; only after is_valid()."""
        return {
            field.value: str(answer)
            for field in self._shown
            if (answer := self.cleaned_data.get(_answer(field)))
        }

    def refuse(self, refusals: Mapping[str, str]) -> None:
        """Say at its field why this reading cannot be used."""
        for field, message in refusals.items():
            name = _column(Field(field))
            self.add_error(name if name in self.fields else None, message)

    def lines(self) -> list[Line]:
        """Every field in our order, with what stands in its column."""
        return [self._line(field) for field in self._shown]

    def ignored(self) -> list[dict[str, object]]:
        """The columns nothing is read from, and why not where a program decides it."""
        used = {str(self[_column(field)].value()) for field in self._shown}
        return [
            {
                "label": label,
                "samples": samples_of(self._sheet, index),
                "reason": self._why_ignored(label),
            }
            for index, label in enumerate(self._sheet.columns)
            if str(index) not in used
        ]

    def _why_ignored(self, label: str) -> str:
        is_of_rewards = self._sheet.purpose == Sheet.Purpose.REWARDS
        if not is_of_rewards or postal.may_post(self._sheet):
            return ""
        means = readings.ranks_of(label).keys()
        if not means or not means <= OF_POST:
            return ""
        return _("Not used: this program posts nothing")

    def _line(self, field: Field) -> Line:
        column = self[_column(field)]
        answer = self[_answer(field)] if _answer(field) in self.fields else None
        chosen = column.value()
        wrong = [*column.errors, *(answer.errors if answer else [])]
        return Line(
            field=field,
            column=column,
            answer=answer,
            how=self._how(field) if str(chosen) == str(column.initial) else "",
            samples=samples_of(self._sheet, chosen),
            samples_id=_samples(field),
            is_due=field in self._due or bool(wrong),
            is_given=chosen not in {None, ""}
            or bool(answer and answer.value())
            or (field is Field.WAY and self._has_addresses()),
        )

    def _has_addresses(self) -> bool:
        """Whether it is a question at all how the rows go."""
        return any(self[_column(field)].value() not in {None, ""} for field in _PLACES)

    def _how(self, field: Field) -> str:
        if columns := self._proposal.ambiguous.get(field):
            names = ", ".join(self._sheet.columns[column] for column in columns)
            return _("More than one fits: %(names)s") % {"names": names}
        return str(_HOW.get(self._proposal.how.get(field, ""), ""))

    def _answer_field(self, field: Field) -> forms.Field:
        options: dict[str, Any] = {
            "label": _("%(field)s for the whole list") % {"field": LABELS[field]},
            "required": False,
            "initial": self._sheet.answers.get(field),
        }
        match field:
            case Field.PRODUCT:
                return forms.ChoiceField(choices=self._products(), **options)
            case Field.CONSENT_SOURCE:
                return forms.ChoiceField(choices=_SOURCES, **options)
            case Field.WAY:
                return forms.ChoiceField(choices=_WAYS, **options)
            case Field.COUNTRY:
                known = [("", _("From a column")), *countries.choices()]
                return forms.ChoiceField(choices=known, **options)
            case Field.SHIPPING_METHOD:
                return forms.ChoiceField(choices=self._methods(), **options)
            case Field.CARD_CARRIER:
                return forms.ChoiceField(choices=_carriers(), **options)
            case Field.QUANTITY:
                widget = forms.NumberInput({"class": "w-5"})
                return forms.IntegerField(min_value=1, widget=widget, **options)
            case Field.DELIVER_AT | Field.CONSENT_ON | Field.NEEDED_BY:
                day = forms.DateInput(_DAY, format="%Y-%m-%d")
                return forms.DateField(widget=day, **options)
            case Field.MESSAGE:
                area = forms.Textarea({"rows": 3, "data-count": ""})
                return forms.CharField(max_length=400, widget=area, **options)
            case _:
                return forms.CharField(
                    max_length=150, widget=forms.TextInput(_TEXT), **options
                )

    def _products(self) -> list[tuple[str, str]]:
        offered = offers.products_of(self._sheet.program).order_by("name")
        names = offered.values_list("provider_id", "name")
        return [("", _("From a column")), *names]

    def _methods(self) -> list[tuple[str, str]]:
        currency = self._sheet.program.currency
        offered = ShippingMethod.objects.offered().defer("raw")
        return [("", _("From a column, or the cheapest in time"))] + [
            (each.provider_id, f"{each.name} · {shipping.cost(each, currency)}")
            for each in offered.order_by("cost_minor", "description", "pk")
        ]


def column_choices(sheet: Sheet) -> list[tuple[str, str]]:
    """The columns with the first value below each, to tell them apart."""
    return [("", _("No column"))] + [
        (str(index), " · ".join([label, *samples_of(sheet, index)[:1]]))
        for index, label in enumerate(sheet.columns)
    ]


def samples_of(sheet: Sheet, column: object) -> list[str]:
    """Up to three values of a column, cut short; none for what is no column."""
    index = whole_number(str(column))
    if index is None or index >= len(sheet.samples):
        return []
    values = sheet.samples[index][:_MOST_SAMPLES]
    return [Truncator(value).chars(_MOST_SHOWN) for value in values]


_SOURCES = [("", gettext_lazy("From a column"))] + [
    (source.value, source.label) for source in consent.STAFF_SOURCES
]


_WAYS = [
    ("", gettext_lazy("E-mail or SMS, else post")),
    (postal.Way.POST.value, gettext_lazy("By post")),
    (postal.Way.DIGITAL.value, gettext_lazy("By e-mail or SMS")),
]
_PLACES: Final = (Field.ADDRESS, Field.LINE1)


def _carriers() -> list[tuple[str, str]]:
    named = [(each.id, each.name) for each in shipping.card_carriers()]
    return [("", _("From a column, or none")), *named]


def _column(field: Field) -> str:
    return f"column_{field}"


def _answer(field: Field) -> str:
    return f"answer_{field}"


def _samples(field: Field) -> str:
    return f"samples_{field}"
