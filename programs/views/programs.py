"""Programs: the list, one of them, and its status."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.actors import ActorKind
from portal.audit import naming, reading
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, partial, see_other
from programs import programs, sentences
from programs.forms.filters import ProgramFilter
from programs.models import BudgetEntry, Program
from programs.states import PROGRAM_STATES, State

_FROM_AVAILABLE = (BudgetEntry.Kind.HOLD, BudgetEntry.Kind.SPEND)


@dataclass(frozen=True, slots=True)
class _Listed:
    program: Program
    state: State


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the ledger; `effect` is what it did to the available amount."""

    entry: BudgetEntry
    effect: Money
    actor: str


@requires(Permission.PROGRAMS_VIEW)
@require_safe
def program_list(request: StaffRequest) -> HttpResponse:
    """The programs this person belongs to, by name."""
    reachable = Program.objects.reachable(request.access, Permission.PROGRAMS_VIEW)
    form = ProgramFilter(request.GET)
    page = paging.keyset(form.narrow(reachable), request.GET, order=("name", "id"))
    context = {
        "form": form,
        "is_filtered": any(form.cleaned_data.values()),
        "page": page,
        "rows": [_Listed(row, PROGRAM_STATES[row.status]) for row in page.rows],
        "can_create": request.access.anywhere(Permission.PROGRAMS_CREATE),
    }
    template = partial(request, "programs/program_list.html", "rows")
    return render(request, template, context)


@requires(Permission.PROGRAMS_VIEW)
@require_safe
def program_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """A program's rules, money and people."""
    program = _reach(request, pk, Permission.PROGRAMS_VIEW)
    members = program.memberships.select_related("user")
    page, ledger = _ledger(program, request.GET)
    may = request.access.allows
    context = {
        "program": program,
        "state": PROGRAM_STATES[program.status],
        "rules": sentences.rules(program),
        "members": members.order_by("user__name", "user_id", "role"),
        "page": page,
        "ledger": ledger,
        "can_manage": may(Permission.PROGRAMS_MANAGE, program.pk),
        "can_fund": may(Permission.BUDGET_MANAGE, program.pk),
        "can_change_members": may(Permission.MEMBERS_MANAGE, program.pk),
    }
    return render(request, "programs/program_detail.html", context)


@requires(Permission.PROGRAMS_MANAGE)
@require_http_methods(["GET", "POST"])
def program_pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then pause."""
    template = "programs/program_pause.html"
    return _change(request, pk, template, programs.pause, _("The program is paused."))


@requires(Permission.PROGRAMS_MANAGE)
@require_http_methods(["GET", "POST"])
def program_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then resume."""
    template = "programs/program_resume.html"
    return _change(request, pk, template, programs.resume, _("The program runs again."))


@requires(Permission.PROGRAMS_MANAGE)
@require_http_methods(["GET", "POST"])
def program_close(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then close for good."""
    template = "programs/program_close.html"
    return _change(request, pk, template, programs.close, _("The program is closed."))


def _change(
    request: StaffRequest,
    pk: int,
    template: str,
    verb: Callable[..., Program],
    done: str,
) -> HttpResponse:
    program = _reach(request, pk, Permission.PROGRAMS_MANAGE)
    if request.method == "GET":
        return render(request, template, {"program": program})
    try:
        verb(program, actor=request.actor)
    except programs.WrongStatus as refusal:
        problem = str(refusal)
    except programs.MoneyHeld as refusal:
        problem = _(
            "%(held)s is held for orders on their way. "
            "Wait until they are done, or cancel them; then close the program."
        ) % {"held": refusal.held}
    else:
        messages.success(request, done)
        return see_other(request, "programs:program_detail", pk=program.pk)
    return invalid(request, template, {"program": program, "errors": [problem]})


def _reach(request: StaffRequest, pk: int, permission: Permission) -> Program:
    reachable = Program.objects.reachable(request.access, permission)
    return get_object_or_404(reachable, pk=pk)


def _ledger(
    program: Program, query: QueryDict
) -> tuple[paging.Page[BudgetEntry], list[_Line]]:
    page = paging.keyset(program.budget_entries.all(), query, order=("-id",))
    people = {
        ("user", entry.actor_id)
        for entry in page.rows
        if entry.actor_kind == ActorKind.PERSON
    }
    names = naming.names_of(people)
    lines = []
    for entry in page.rows:
        sign = -1 if entry.kind in _FROM_AVAILABLE else 1
        name = names.get(("user", entry.actor_id))
        actor = name.text if name else str(reading.KINDS[entry.actor_kind])
        lines.append(_Line(entry, entry.amount * sign, actor))
    return page, lines
