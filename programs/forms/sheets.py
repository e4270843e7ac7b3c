"""Forms that bring a list: a file or pasted cells, and its corrected rows."""

import io
from typing import Any, BinaryIO, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.models import Program

_ACCEPTED = ".csv,.tsv,.txt,.xlsx"


class UploadForm(forms.Form):
    """A list, as a file or as cells; `content` and `name` hold it once it is valid."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Your list"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or Excel (XLSX), with one row for each reward."),
        widget=forms.FileInput({"accept": _ACCEPTED}),
    )
    pasted = forms.CharField(
        label=gettext_lazy("Cells, with their column names above"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 5, "autocomplete": "off"}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, programs: QuerySet[Program], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        choices.queryset = programs

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


class CorrectionsForm(forms.Form):
    """The problem rows, corrected in a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Corrected rows"),
        allow_empty_file=True,
        help_text=gettext_lazy("Keep its first column, which holds the row numbers."),
        error_messages={"required": gettext_lazy("Choose the corrected file.")},
        widget=forms.FileInput({"accept": _ACCEPTED}),
    )
