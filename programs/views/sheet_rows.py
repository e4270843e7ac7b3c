"""The rows of a list: looking at them, and acting on all of a kind."""

from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, see_other
from portal.web.numbers import whole_number
from programs.models import Sheet, SheetRow
from programs.sheets import adding, kinds, locking, overview, postal, repairs
from programs.sheets.fields import LABELS, Field
from programs.views.sheet_lines import line_of
from programs.views.sheet_standing import PROBLEMS, reachable, shown_of, standing

Status = SheetRow.Status

_NOTHING: Final[Mapping[str, str | Promise]] = {
    PROBLEMS: gettext_lazy("No row has a problem"),
    "ready": gettext_lazy("No row is ready"),
    "warnings": gettext_lazy("No row has a warning"),
    "excluded": gettext_lazy("No row is left out"),
    "taken": gettext_lazy("No row was used yet"),
}


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def sheet_rows(request: StaffRequest, pk: int) -> HttpResponse:
    """Counts, problems by kind, and the rows: those with problems, unless asked."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    if sheet.status != Sheet.Status.CHECKED:
        return redirect("programs:sheet_detail", pk=pk)
    counts = overview.counts(sheet)
    show = shown_of(request.GET, due=PROBLEMS if counts.problem else "ready")
    kind = request.GET.get("kind", "")
    rows = _narrowed(sheet, show, kind).select_related("product")
    page = paging.keyset(
        rows.prefetch_related("problems"), request.GET, order=("number", "id")
    )
    context = {
        **standing(sheet, counts, show=show, kind=kind),
        "page": page,
        "lines": [line_of(sheet, row) for row in page.rows],
        "caption": kinds.label(kind) if kind else _("Rows of the list"),
        "columns": _columns(sheet),
        "nothing": _NOTHING.get(show, _("The list has no rows")),
        "reading": _reading(sheet),
        "orders": sheet.orders.order_by("-pk")[:5],
        "unposted": _unposted(sheet),
    }
    return render(request, "programs/sheet_rows.html", context)


@requires(Permission.RECIPIENTS_MANAGE)
@require_POST
def sheet_repair(request: StaffRequest, pk: int) -> HttpResponse:
    """One act on all rows of a kind: repair them, let them pass, or leave them out."""
    sheet = get_object_or_404(reachable(request), pk=pk)
    kind, act = request.POST.get("kind", ""), request.POST.get("act", "")
    actor = request.actor
    try:
        match act:
            case "exclude":
                count = repairs.exclude_kind(sheet, kind, actor)
            case "include":
                count = repairs.include_kind(sheet, kind, actor)
            case _:
                count = repairs.apply(sheet, kind, actor=actor, choice=act)
    except (locking.WrongStatus, repairs.NothingToDo) as refusal:
        messages.warning(request, str(refusal))
    else:
        done = ngettext("%(n)s row changed.", "%(n)s rows changed.", count)
        messages.success(request, done % {"n": intcomma(count)})
    return see_other(request, "programs:sheet_detail", pk=pk)


@requires(Permission.RECIPIENTS_MANAGE)
@require_POST
def sheet_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Put the people of the ready rows into the address book."""
    sheets = reachable(request).filter(purpose=Sheet.Purpose.RECIPIENTS)
    sheet = get_object_or_404(sheets, pk=pk)
    version = whole_number(request.POST.get("version", "")) or 0
    try:
        adding.begin(sheet, version=version, actor=request.actor)
    except (locking.WrongStatus, adding.NothingReady) as refusal:
        messages.warning(request, str(refusal))
    except locking.Stale:
        messages.warning(
            request, _("The list changed meanwhile. Look at it, then press again.")
        )
    return see_other(request, "programs:sheet_detail", pk=pk)


def _narrowed(sheet: Sheet, show: str, kind: str) -> QuerySet[SheetRow]:
    rows = sheet.rows.all()
    if kind:
        known = sheet.problems.filter(row=OuterRef("pk"), kind=kind[:30])
        return rows.exclude(status=Status.TAKEN).filter(Exists(known))
    match show:
        case "ready" | "excluded" | "taken":
            return rows.filter(status=show)
        case "problems":
            return rows.filter(status=Status.PROBLEM)
        case "warnings":
            return rows.filter(status=Status.READY, has_warning=True)
    return rows


def _unposted(sheet: Sheet) -> str:
    """That some rows have an address and go by e-mail or SMS all the same."""
    is_said = Field.WAY in sheet.mapping or Field.WAY in sheet.answers
    has_addresses = {Field.ADDRESS, Field.LINE1} & sheet.mapping.keys()
    if is_said or not (has_addresses and postal.may_post(sheet)):
        return ""
    if not sheet.rows.filter(is_postal=False).exclude(status=Status.TAKEN).exists():
        return ""
    return _(
        "This list has postal addresses, and its rows go by e-mail or SMS where they "
        "can. To post cards instead, choose “Change columns” and answer “By post”."
    )


def _columns(sheet: Sheet) -> list[dict[str, object]]:
    labels = [_("Row"), _("Person"), _("Check"), _("Taking part")]
    if sheet.purpose == Sheet.Purpose.REWARDS:
        labels.insert(2, _("Reward"))
    return [{"label": label} for label in labels]


def _reading(sheet: Sheet) -> list[dict[str, object]]:
    """Where each field was read from."""
    answers = {
        field: _("“%(answer)s” for the whole list") % {"answer": answer}
        for field, answer in sheet.answers.items()
    }
    columns = {
        field: _("from “%(column)s”") % {"column": sheet.columns[index]}
        for field, index in sheet.mapping.items()
    }
    sources = answers | columns
    return [
        {"label": LABELS[field], "source": sources[field]}
        for field in Field
        if field in sources
    ]
