"""Files of a list: a sample to begin with, its problem rows, and those corrected."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from portal import tabular
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from programs.forms.sheets import CorrectionsForm
from programs.models import Sheet
from programs.sheets import corrections, locking
from programs.sheets.fields import LABELS, OF_PEOPLE, Field
from programs.views.sheet_standing import reachable

_TEMPLATE: Final = "programs/sheet_corrections.html"
_MOST_NAMED: Final = 20
# Two people nobody is, in the order people think of the columns.
_SAMPLE: Final = {
    Field.FIRST_NAME: ("Robin", "Kim"),
    Field.LAST_NAME: ("Example", "Sample"),
    Field.EMAIL: ("robin@example.com", "kim@example.com"),
    Field.PHONE: ("", "+1 202-555-0123"),
    Field.PRODUCT: ("CVS Pharmacy", "CVS Pharmacy"),
    Field.VALUE: ("10", "25"),
    Field.QUANTITY: ("1", "1"),
    Field.EXTERNAL_ID: ("A-1001", "A-1002"),
    Field.CONSENT_SOURCE: ("", "web form"),
    Field.CONSENT_ON: ("", "2026-01-31"),
}
# The same people at a library and at a museum, where nobody lives.
_BY_POST: Final = "post"
_POSTED: Final = {
    **{field: _SAMPLE[field] for field in (Field.FIRST_NAME, Field.LAST_NAME)},
    Field.LINE1: ("476 5th Ave", "111 S Michigan Ave"),
    Field.LINE2: ("Room 100", ""),
    Field.CITY: ("New York", "Chicago"),
    Field.STATE: ("NY", "IL"),
    Field.POSTAL_CODE: ("10018", "60603"),
    Field.COUNTRY: ("US", "US"),
    **{field: _SAMPLE[field] for field in (Field.PRODUCT, Field.VALUE, Field.QUANTITY)},
}


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def sheet_sample(request: StaffRequest) -> StreamingHttpResponse:
    """A list to try, or to put one's own rows into."""
    wanted = request.GET.get("for")
    sample = _POSTED if wanted == _BY_POST else _SAMPLE
    of_people = wanted == Sheet.Purpose.RECIPIENTS
    fields = [field for field in sample if not of_people or field in OF_PEOPLE]
    rows = zip(*(sample[field] for field in fields), strict=True)
    return _csv("sample", tabular.csv_lines([str(LABELS[f]) for f in fields], rows))


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def sheet_problems(request: StaffRequest, pk: int) -> StreamingHttpResponse:
    """The rows with problems: number, the columns as they came, and what is wrong."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    return _csv(
        f"{PurePath(sheet.name).stem}-problems", corrections.problem_rows(sheet)
    )


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_corrections(request: StaffRequest, pk: int) -> HttpResponse:
    """The problem rows out, and back in by their numbers."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    if sheet.status != Sheet.Status.CHECKED:
        return redirect("programs:sheet_detail", pk=pk)
    data = request.POST if request.method == "POST" else None
    form = CorrectionsForm(data, request.FILES or None)
    context: dict[str, object] = {"sheet": sheet, "form": form}
    if request.method != "POST":
        return render(request, _TEMPLATE, context)
    if form.is_valid():
        try:
            merged = corrections.merge(
                sheet, form.cleaned_data["file"], actor=request.actor
            )
        except (tabular.Unreadable, locking.WrongStatus) as problem:
            form.add_error("file", str(problem))
        else:
            _say(request, merged)
            return see_other(request, "programs:sheet_detail", pk=pk)
    return invalid(request, _TEMPLATE, context)


def _csv(name: str, lines: Iterable[bytes]) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{slugify(name)}.csv"'}
    return StreamingHttpResponse(lines, "text/csv; charset=utf-8", headers=headers)


def _say(request: StaffRequest, merged: corrections.Merged) -> None:
    """What the corrected file changed, and the rows it could not."""
    done = ngettext("%(n)s row corrected.", "%(n)s rows corrected.", merged.merged)
    messages.success(request, done % {"n": intcomma(merged.merged)})
    if merged.used:
        kept = _("Used already, and left as they are: rows %(rows)s.")
        messages.warning(request, kept % {"rows": _some(merged.used)})
    if merged.unknown:
        strange = _("Not in this list: %(rows)s.")
        messages.warning(request, strange % {"rows": _some(merged.unknown)})


def _some(rows: Sequence[object]) -> str:
    more = ["…"] if len(rows) > _MOST_NAMED else []
    return ", ".join([*map(str, rows[:_MOST_NAMED]), *more])
