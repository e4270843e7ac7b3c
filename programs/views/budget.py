"""Money in and out of a program: a form, a check, a booking."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import budget
from programs.forms.budget import AdjustForm, FundForm
from programs.models import Program

_FUND = "programs/budget_fund.html"
_ADJUST = "programs/budget_adjust.html"


@requires(Permission.BUDGET_MANAGE)
@require_http_methods(["GET", "POST"])
def budget_fund(request: StaffRequest, pk: int) -> HttpResponse:
    """Raise what a program may spend, in two steps."""
    program = _reach(request, pk)
    if request.method == "GET":
        form = FundForm(typed_before(request), program=program)
        return render(request, _FUND, {"form": form, "program": program})
    form = FundForm(request.POST, program=program)
    if not form.is_valid():
        return invalid(request, _FUND, {"form": form, "program": program})
    if (step := _step(request, form, _FUND)) is not None:
        return step
    try:
        entry = budget.fund(
            program,
            form.change,
            actor=request.actor,
            note=form.cleaned_data["note"],
            form_key=form.cleaned_data["key"],
        )
    except budget.Closed:
        form.add_error(None, _("This program is closed, so it gets no more money."))
        return invalid(request, _FUND, {"form": form, "program": program})
    messages.success(request, _("%(amount)s was added.") % {"amount": entry.amount})
    return see_other(request, "programs:program_detail", pk=program.pk)


@requires(Permission.BUDGET_MANAGE)
@require_http_methods(["GET", "POST"])
def budget_adjust(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct what was funded, up or down, in two steps."""
    program = _reach(request, pk)
    if request.method == "GET":
        form = AdjustForm(typed_before(request), program=program)
        return render(request, _ADJUST, {"form": form, "program": program})
    form = AdjustForm(request.POST, program=program)
    if not form.is_valid():
        return invalid(request, _ADJUST, {"form": form, "program": program})
    if (step := _step(request, form, _ADJUST)) is not None:
        return step
    try:
        entry = budget.adjust(
            program,
            form.change,
            actor=request.actor,
            note=form.cleaned_data["note"],
            form_key=form.cleaned_data["key"],
        )
    except budget.OverBudget as refusal:
        form.refuse_beyond(refusal.available)
        return invalid(request, _ADJUST, {"form": form, "program": program})
    done = _("The budget was changed by %(amount)s.") % {"amount": entry.amount}
    messages.success(request, done)
    return see_other(request, "programs:program_detail", pk=program.pk)


def _reach(request: StaffRequest, pk: int) -> Program:
    reachable = Program.objects.reachable(request.access, Permission.BUDGET_MANAGE)
    return get_object_or_404(reachable, pk=pk)


def _step(request: StaffRequest, form: FundForm, template: str) -> HttpResponse | None:
    """The page before the booking: the check, or the form again; None when checked."""
    context: dict[str, object] = {"form": form, "program": form.program}
    if "change" in request.POST:
        return render(request, template, context)
    if "confirmed" in request.POST and form.cleaned_data["key"]:
        return None
    after = form.program.funded + form.change
    context |= {"is_check": True, "key": uuid4(), "change": form.change, "after": after}
    return render(request, template, context)
