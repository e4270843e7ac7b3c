"""The form of one row of a list: what it says for each of our fields, as text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from django import forms

from programs.sheets import fixing
from programs.sheets.fields import LABELS, Field


class Finding(Protocol):
    """What was found in a field of a row, in words."""

    @property
    def field(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def is_error(self) -> bool: ...


class RowForm(forms.Form):
    def __init__(
        self, values: Mapping[str, str], fields: Sequence[Field], data: Any = None
    ) -> None:
        super().__init__(values if data is None else data, initial=dict(values))
        for field in fields:
            self.fields[field.value] = forms.CharField(
                label=str(LABELS[field]),
                required=False,
                max_length=fixing.MOST_TYPED,
                widget=forms.Textarea({"rows": 3})
                if field in fixing.MULTILINE
                else forms.TextInput({"autocomplete": "off"}),
            )

    def tell(self, findings: Iterable[Finding]) -> None:
        """Say at each field what was found in it."""
        for found in findings:
            if found.field not in self.fields:
                continue
            if found.is_error:
                self.add_error(found.field, found.message)
            else:
                self.fields[found.field].help_text = found.message

    @property
    def changes(self) -> dict[str, str]:
        """Our field -> its new text; only after is_valid()."""
        return {
            name: _plain(text)
            for name, text in self.cleaned_data.items()
            if _plain(text) != _plain(self.initial.get(name, ""))
        }


def _plain(text: str) -> str:
    """Browsers send line breaks in their own way."""
    return text.replace("\r\n", "\n").strip()
