"""Lists: what was brought, bringing one, and how far it is."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from portal.permissions import Permission, requires
from portal.tabular import Unreadable
from portal.web import paging
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs.forms.sheets import UploadForm
from programs.models import Program, Sheet
from programs.sheets import cancelling, intake, locking
from programs.states import SHEET_STATES, State
from programs.views.sheet_progress import MOVING, progress_of

Purpose = Sheet.Purpose
Status = Sheet.Status


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list in words."""

    sheet: Sheet
    state: State


# Rewards and the address book both begin with people; `reachable` tells them apart.
@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def sheet_list(request: StaffRequest) -> HttpResponse:
    """Lists, newest first, whatever became of them."""
    sheets = _reachable(request).select_related("program", "created_by")
    page = paging.keyset(
        sheets.defer("notes", "columns", "samples", "mapping", "answers"),
        request.GET,
        order=("-created_at", "-id"),
    )
    context = {
        "page": page,
        "rows": [_Listed(sheet, SHEET_STATES[sheet.status]) for sheet in page.rows],
        "columns": [
            {"label": _("Name")},
            {"label": _("For")},
            {"label": _("Program")},
            {"label": _("Rows"), "numeric": True},
            {"label": _("Problems"), "numeric": True},
            {"label": _("Status")},
            {"label": _("Uploaded")},
        ],
        "may_send": request.access.anywhere(Permission.ORDERS_CREATE),
    }
    return render(request, "programs/sheet_list.html", context)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_create(request: StaffRequest) -> HttpResponse:
    """A list of rewards to send."""
    return _bring(request, Purpose.REWARDS)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def recipient_import(request: StaffRequest) -> HttpResponse:
    """A list of people for the address book."""
    return _bring(request, Purpose.RECIPIENTS)


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def sheet_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """How far a list is; one that waits for somebody leads to the page that is due."""
    sheet = get_object_or_404(_reachable(request).select_related("program"), pk=pk)
    if due := _page_due(sheet):
        return HttpResponseClientRedirect(due) if request.htmx else redirect(due)
    context = {
        "sheet": sheet,
        "state": SHEET_STATES[sheet.status],
        "progress": progress_of(sheet, request.GET.get("said", ""))
        if sheet.status in MOVING
        else None,
        "may_cancel": sheet.status != Status.FILLING,
        "explanation": sheet.problem or SHEET_STATES[sheet.status].meaning,
        "again_url": _create_url(sheet.purpose),
    }
    template = partial(request, "programs/sheet_detail.html", "progress")
    return render(request, template, context)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def sheet_cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then give the list up."""
    sheet = get_object_or_404(_reachable(request), pk=pk)
    context: dict[str, object] = {"sheet": sheet}
    if request.method != "POST":
        return render(request, "programs/sheet_cancel.html", context)
    version = whole_number(request.POST.get("version", ""))
    try:
        cancelling.cancel(sheet, version=version or 0, actor=request.actor)
    except locking.WrongStatus as refusal:
        context["errors"] = [str(refusal)]
    except locking.Stale:
        sheet.refresh_from_db()
        context["errors"] = [
            _("The list changed meanwhile. Press the button again to cancel it.")
        ]
    else:
        messages.success(request, _("The list is cancelled."))
        return see_other(request, "programs:sheet_list")
    return invalid(request, "programs/sheet_cancel.html", context, status=409)


def _bring(request: StaffRequest, purpose: Sheet.Purpose) -> HttpResponse:
    programs = _programs(request, purpose)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = UploadForm(
        programs,
        data,
        request.FILES or None,
        initial={"form_key": uuid.uuid4(), "program": _usual(request, programs)},
    )
    is_sending = purpose == Purpose.REWARDS
    context: dict[str, object] = {
        "form": form,
        "has_programs": programs.exists(),
        "heading": _("Send to a list") if is_sending else _("Import people"),
        "back_url": reverse(
            "programs:sheet_list" if is_sending else "programs:recipient_list"
        ),
        "back_label": _("Lists") if is_sending else _("Recipients"),
        "sample_url": f"{reverse('programs:sheet_sample')}?for={purpose}",
        "is_sending": is_sending,
    }
    if request.method != "POST":
        return render(request, "programs/sheet_create.html", context)
    if form.is_valid():
        try:
            sheet = intake.upload(
                form.cleaned_data["program"],
                purpose=purpose,
                name=form.name,
                content=form.content,
                actor=request.actor,
                form_key=form.cleaned_data["form_key"],
            )
        except Unreadable as problem:
            form.add_error("file", str(problem))
        else:
            return see_other(request, "programs:sheet_detail", pk=sheet.pk)
    return invalid(request, "programs/sheet_create.html", context)


def _reachable(request: StaffRequest) -> QuerySet[Sheet]:
    return Sheet.objects.reachable(request.access)


def _programs(request: StaffRequest, purpose: Sheet.Purpose) -> QuerySet[Program]:
    """Where such a list may go: nothing can be sent from a program that rests."""
    if purpose == Purpose.REWARDS:
        able = Program.objects.reachable(request.access, Permission.ORDERS_CREATE)
        return able.active().order_by("name")
    able = Program.objects.reachable(request.access, Permission.RECIPIENTS_MANAGE)
    return able.order_by("name")


def _usual(request: StaffRequest, programs: QuerySet[Program]) -> int | None:
    """The program of this person's last list, unless another one was asked for."""
    asked = whole_number(request.GET.get("program", ""))
    if asked is not None:
        return asked
    last = Sheet.objects.filter(created_by=request.user).order_by("-id").first()
    return last.program_id if last else None


def _create_url(purpose: str) -> str:
    is_sending = purpose == Purpose.REWARDS
    return reverse(
        "programs:sheet_create" if is_sending else "programs:recipient_import"
    )


def _page_due(sheet: Sheet) -> str:
    """Where somebody has to do something; empty while the portal is at work."""
    match sheet.status:
        case Status.MAPPING:
            return reverse("programs:sheet_map", args=[sheet.pk])
        case Status.CHECKED:
            return reverse("programs:sheet_rows", args=[sheet.pk])
        case Status.FILLING if sheet.purpose == Purpose.REWARDS:
            # `orders` stands above this package: its pages are known by name alone.
            if sheet.orders.exists():
                return reverse("orders:bulk_orders", args=[sheet.pk])
    return ""
