"""What a form that takes a table has in common: a file, or cells pasted instead."""

import io
from collections.abc import Sequence
from typing import Any, BinaryIO, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ACCEPTED: Final = ".csv,.tsv,.txt,.xlsx"


def table_file(label: str | Promise, help_text: str | Promise) -> forms.FileField:
    """The field of a form's file; an empty one is left to whoever reads it."""
    return forms.FileField(
        label=label,  # type: ignore[arg-type]  # lazy words are words
        required=False,
        allow_empty_file=True,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.FileInput({"accept": ACCEPTED}),
    )


class TableForm(forms.Form):
    """A table as a `file` or as cells; `content` and `name` hold it once it is valid.

    What it is called is for each form to say: `file` comes by `table_file`. Templates
    show both by components/file_drop.html.
    """

    pasted = forms.CharField(
        label=gettext_lazy("Cells, with their column names above"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
    )
    field_order: Sequence[str] = ("file", "pasted")

    def clean(self) -> dict[str, Any]:
        """Either of the two, and something in it."""
        cleaned = super().clean() or self.cleaned_data
        file, pasted = cleaned.get("file"), cleaned.get("pasted", "").strip()
        if file and pasted:
            raise ValidationError(
                _("Choose a file or paste cells. To send both, bring two lists.")
            )
        if not (file or pasted or self.errors):
            self.add_error("file", _("Choose a file, or paste cells below."))
        return cleaned

    @property
    def content(self) -> BinaryIO:
        if file := self.cleaned_data.get("file"):
            return cast(BinaryIO, file)
        return io.BytesIO(self.cleaned_data["pasted"].encode())

    @property
    def name(self) -> str:
        """What the file is called; cells have no name."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        return (file and file.name) or ""
