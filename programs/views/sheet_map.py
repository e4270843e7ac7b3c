"""Which column of a list is what, and saying so anew."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs.forms.sheet_columns import ColumnsForm, samples_of
from programs.models import Sheet
from programs.sheets import locking, mappings, reopening
from programs.views.sheet_standing import reachable

_TEMPLATE = "programs/sheet_map.html"


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_map(request: StaffRequest, pk: int) -> HttpResponse:
    """What we made of the columns, to be completed and accepted."""
    sheets = Sheet.objects.reachable(request.access).select_related("program")
    sheet = get_object_or_404(sheets, pk=pk)
    if sheet.status != Sheet.Status.MAPPING:
        return redirect("programs:sheet_detail", pk=pk)
    if request.htmx:
        return _samples(request, sheet)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = _form(sheet, data)
    if request.method != "POST":
        return render(request, _TEMPLATE, _page(sheet, form))
    if form.is_valid():
        try:
            mappings.accept(
                sheet,
                mapping=form.mapping,
                answers=form.answers,
                version=form.cleaned_data["version"],
                actor=request.actor,
            )
        except mappings.NotAcceptable as refusal:
            form.refuse(refusal.refusals)
        except (locking.Stale, locking.WrongStatus):
            # Whoever was quicker has said what the columns are.
            return see_other(request, "programs:sheet_detail", pk=pk)
        else:
            return see_other(request, "programs:sheet_detail", pk=pk)
    return invalid(request, _TEMPLATE, _page(sheet, form))


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_reopen(request: StaffRequest, pk: int) -> HttpResponse:
    """Say what is lost, then have the columns asked for again."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    if sheet.status != Sheet.Status.CHECKED:
        return redirect("programs:sheet_detail", pk=pk)
    template = "programs/sheet_reopen.html"
    if request.method != "POST":
        return render(request, template, _question(sheet))
    version = whole_number(request.POST.get("version", ""))
    try:
        reopening.reopen(sheet, version=version or 0, actor=request.actor)
    except locking.Stale:
        sheet.refresh_from_db()
        error = _("The list changed meanwhile. Look at what is lost, then press again.")
    except (locking.WrongStatus, reopening.Used) as refusal:
        error = str(refusal)
    else:
        return see_other(request, "programs:sheet_detail", pk=pk)
    context = _question(sheet) | {"errors": [error]}
    return invalid(request, template, context, status=409)


def _question(sheet: Sheet) -> dict[str, object]:
    try:
        return {"sheet": sheet, "lost": reopening.lost(sheet)}
    except reopening.Used as refusal:
        return {"sheet": sheet, "errors": [str(refusal)]}


def _form(sheet: Sheet, data: QueryDict | None) -> ColumnsForm:
    last = mappings.remembered(sheet.program, sheet.purpose, sheet.signature)
    return ColumnsForm(
        sheet,
        data,
        proposal=mappings.proposal_with(sheet, last),
        # What is true of one list only was kept without its answer, to be asked again.
        asked=[
            field
            for field, answer in last.answers.items()
            if not answer and field not in sheet.answers
        ]
        if last
        else [],
    )


def _page(sheet: Sheet, form: ColumnsForm) -> dict[str, object]:
    lines = form.lines()
    more = [line for line in lines if not (line.is_due or line.is_given)]
    return {
        "sheet": sheet,
        "form": form,
        "due": [line for line in lines if line.is_due],
        "found": [line for line in lines if line.is_given and not line.is_due],
        "more": more,
        "ignored": form.ignored(),
    }


def _samples(request: StaffRequest, sheet: Sheet) -> HttpResponse:
    """What stands in the column that was just chosen."""
    chosen = next(iter(request.GET.values()), "")
    context = {"samples": samples_of(sheet, chosen), "how": ""}
    return render(request, partial(request, _TEMPLATE, "samples"), context)
