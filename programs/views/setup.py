"""Setting a program up: making a new one, and editing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import programs
from programs.forms.programs import ProgramForm
from programs.models import Program

_CREATE = "programs/program_create.html"
_EDIT = "programs/program_edit.html"


@requires(Permission.PROGRAMS_CREATE)
@require_http_methods(["GET", "POST"])
def program_create(request: StaffRequest) -> HttpResponse:
    """A form for a new program."""
    if request.method == "GET":
        form = ProgramForm(typed_before(request))
        return render(request, _CREATE, {"form": form})
    form = ProgramForm(request.POST)
    if form.is_valid():
        try:
            program = programs.create(form.setup, actor=request.actor)
        except programs.NameTaken:
            form.add_error("name", _taken())
        else:
            messages.success(request, _("The program is ready. Next: money, people."))
            return see_other(request, "programs:program_detail", pk=program.pk)
    return invalid(request, _CREATE, {"form": form})


@requires(Permission.PROGRAMS_MANAGE)
@require_http_methods(["GET", "POST"])
def program_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """The same form for an existing program."""
    reachable = Program.objects.reachable(request.access, Permission.PROGRAMS_MANAGE)
    program = get_object_or_404(reachable, pk=pk)
    if request.method == "GET":
        form = ProgramForm(typed_before(request), program=program)
        return render(request, _EDIT, {"form": form, "program": program})
    form = ProgramForm(request.POST, program=program)
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            programs.edit(program, form.setup, version=version, actor=request.actor)
        except programs.Stale:
            return _stale(request, program, form)
        except programs.NameTaken:
            form.add_error("name", _taken())
        except programs.CurrencyFixed:
            problem = _("Money has been booked meanwhile, so the currency is fixed.")
            form.add_error("currency", problem)
        except programs.WrongStatus as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The program was changed."))
            return see_other(request, "programs:program_detail", pk=program.pk)
    return invalid(request, _EDIT, {"form": form, "program": program})


def _stale(request: StaffRequest, program: Program, form: ProgramForm) -> HttpResponse:
    """What was typed, against what is stored now; saving again decides."""
    program.refresh_from_db()
    data = request.POST.copy()
    data["version"] = str(program.version)
    context: dict[str, object] = {
        "form": ProgramForm(data, program=program),
        "program": program,
        "is_stale": True,
        "changes": form.differences(programs.setup_of(program)),
    }
    return invalid(request, _EDIT, context, status=409)


def _taken() -> str:
    return _("Another program has this name. Choose a different one.")
