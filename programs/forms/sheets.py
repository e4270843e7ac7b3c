"""Forms that bring a list: a file or pasted cells, and its corrected rows."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from portal.web.bringing import ACCEPTED, TableForm, table_file
from programs.models import Program


class UploadForm(TableForm):
    """A list for a program, as a file or as cells."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    file = table_file(
        gettext_lazy("Your list"),
        gettext_lazy("CSV or Excel (XLSX), with one row for each reward."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("program", "file", "pasted", "form_key")

    def __init__(self, programs: QuerySet[Program], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        choices.queryset = programs


class CorrectionsForm(forms.Form):
    """The problem rows, corrected in a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("Corrected rows"),
        allow_empty_file=True,
        help_text=gettext_lazy("Keep its first column, which holds the row numbers."),
        error_messages={"required": gettext_lazy("Choose the corrected file.")},
        widget=forms.FileInput({"accept": ACCEPTED}),
    )
