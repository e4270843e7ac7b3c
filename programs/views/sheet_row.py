"""One row of a list: corrected where it stands, or on a page of its own."""

from collections.abc import Iterator, Mapping, Sequence

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs.forms.sheet_row import RowForm
from programs.models import Sheet, SheetRow
from programs.sheets import fixing, locking, mappings
from programs.states import ROW_STATES
from programs.views.sheet_lines import ACTS, cells_of, line_of, values_in
from programs.views.sheet_standing import reachable, shown_of, standing

Status = SheetRow.Status
_TEMPLATE = "programs/sheet_row.html"
_REFUSED = (locking.WrongStatus, fixing.Used)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_row(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    """All a row says, to be corrected; a POST may come from the grid, cell by cell."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    if sheet.status != Sheet.Status.CHECKED:
        return redirect("programs:sheet_detail", pk=pk)
    row = get_object_or_404(sheet.rows.select_related("product"), number=number)
    row.sheet = sheet
    if request.method != "POST":
        form = _form(row, typed_before(request))
        return render(request, _TEMPLATE, _page(request, row, form))
    try:
        fixed = _act(request, row)
        return _fixed(request, sheet, fixed) if fixed else _save(request, row)
    except _REFUSED as refusal:
        messages.warning(request, str(refusal))
        return see_other(request, _rows_url(request, sheet))


def _act(request: StaffRequest, row: SheetRow) -> fixing.Fixed | None:
    """What a button or a cell of the grid asks for; None for the row's own form."""
    typed, actor = request.POST, request.actor
    if "keep" in typed:
        return fixing.accept(row, kind=typed["keep"], actor=actor)
    match typed.get("act"):
        case "exclude":
            return fixing.exclude(row, actor)
        case "include":
            return fixing.include(row, actor)
    if "field" not in typed:
        return None
    value = typed.get("suggested", typed.get("value", ""))
    try:
        return fixing.fix(row, field=typed["field"], value=value, actor=actor)
    except fixing.NoSuchField:
        # Too long for a cell: the row's own page says so, and keeps what was typed.
        return None


def _fixed(request: StaffRequest, sheet: Sheet, fixed: fixing.Fixed) -> HttpResponse:
    """The row again with what changed around it, or the page of rows."""
    said = _said(fixed)
    if not request.htmx:
        messages.success(request, said)
        return see_other(request, _rows_url(request, sheet))
    sheet.refresh_from_db()
    shown = {whole_number(text) for text in request.POST.get("shown", "").split(",")}
    others = shown.intersection(fixed.others)
    rows = sheet.rows.select_related("product").prefetch_related("problems")
    context = {
        **standing(sheet, fixed.counts, show=_show(request)),
        "line": line_of(sheet, rows.get(pk=fixed.row.pk)),
        "others": [line_of(sheet, row) for row in rows.filter(number__in=others)],
        "said": said,
    }
    template = partial(request, "programs/sheet_rows.html", "fixed")
    return render(request, template, context)


def _save(request: StaffRequest, row: SheetRow) -> HttpResponse:
    """Every field that was changed on the row's own page."""
    form = _form(row, request.POST)
    if not form.is_valid():
        return invalid(request, _TEMPLATE, _page(request, row, form))
    fixed = None
    for field, value in form.changes.items():
        fixed = fixing.fix(row, field=field, value=value, actor=request.actor)
    if fixed is None or fixed.row.status == Status.PROBLEM:
        return see_other(request, request.get_full_path())
    messages.success(request, _said(fixed))
    return see_other(request, _rows_url(request, row.sheet))


def _form(row: SheetRow, typed: QueryDict | None) -> RowForm:
    sheet, values = row.sheet, values_in(row.sheet, row)
    data: Mapping[str, object] | None = typed
    if typed and "field" in typed:
        # One cell of the grid; the other fields stay what they are.
        data = values | {str(typed["field"]): str(typed.get("value", ""))}
    return RowForm(values, mappings.fields_of(sheet), data)


def _page(request: StaffRequest, row: SheetRow, form: RowForm) -> dict[str, object]:
    sheet = row.sheet
    cells = cells_of(row, values_in(sheet, row))
    form.tell(cells)
    act, act_label = ACTS.get(row.status, ("", ""))
    given = [field for field in form if field.value() or field.errors]
    return {
        "sheet": sheet,
        "row": row,
        "state": ROW_STATES[row.status],
        "form": form,
        "given": given,
        "more": [field for field in form if field not in given],
        "loose": [cell for cell in cells if cell.field not in form.fields],
        "keeps": [keep for cell in cells for keep in cell.keeps],
        "may_change": row.status != Status.TAKEN,
        "act": act,
        "act_label": act_label,
        "show": _show(request),
        "back_url": _rows_url(request, sheet),
        "columns": list(_columns(sheet.columns, row.cells)),
    }


def _columns(
    labels: Sequence[str], cells: Sequence[str]
) -> Iterator[dict[str, object]]:
    """The row as it came; what stands to the right of the last column is shown too."""
    for index, value in enumerate(cells):
        label = labels[index] if index < len(labels) else _("Beyond the columns")
        yield {"label": label, "value": value}


def _said(fixed: fixing.Fixed) -> str:
    row, left = fixed.row, fixed.counts.problem
    match row.status:
        case Status.PROBLEM:
            done = _("Row %(number)s still has a problem.")
        case Status.EXCLUDED:
            done = _("Row %(number)s left out.")
        case _:
            done = _("Row %(number)s is ready.")
    rest = ngettext("%(left)s problem left.", "%(left)s problems left.", left)
    words = {"number": intcomma(row.number), "left": intcomma(left)}
    return f"{done} {rest}" % words


def _show(request: StaffRequest) -> str:
    return shown_of(request.POST if request.method == "POST" else request.GET)


def _rows_url(request: StaffRequest, sheet: Sheet) -> str:
    return f"{reverse('programs:sheet_rows', args=[sheet.pk])}?show={_show(request)}"
