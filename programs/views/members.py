"""Who belongs to a program."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, Role, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import programs
from programs.forms.members import MemberForm
from programs.models import Membership, Program

_ADD = "programs/member_add.html"
_REMOVE = "programs/member_remove.html"


@requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "POST"])
def member_add(request: StaffRequest, pk: int) -> HttpResponse:
    """Give somebody a role in a program."""
    program = _reach(request, pk)
    if request.method == "GET":
        form = MemberForm(typed_before(request))
        return render(request, _ADD, {"form": form, "program": program})
    form = MemberForm(request.POST)
    if form.is_valid() and form.user is not None:
        role = Role(form.cleaned_data["role"])
        try:
            programs.add_member(program, form.user, role, actor=request.actor)
        except programs.OwnRole:
            form.add_error("email", _own_role())
        except programs.AlreadyMember:
            form.add_error("role", _("This person has this role already."))
        except programs.Deactivated:
            form.add_error("email", _("This person can no longer sign in."))
        else:
            messages.success(request, _("The person was added."))
            return see_other(request, "programs:program_detail", pk=program.pk)
    return invalid(request, _ADD, {"form": form, "program": program})


@requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "POST"])
def member_remove(request: StaffRequest, pk: int, membership_pk: int) -> HttpResponse:
    """Ask, then take a role away."""
    program = _reach(request, pk)
    members = program.memberships.select_related("user")
    membership = get_object_or_404(members, pk=membership_pk)
    context: dict[str, object] = {"program": program, "membership": membership}
    if request.method == "GET":
        return render(request, _REMOVE, context)
    try:
        programs.remove_member(membership, actor=request.actor)
    except programs.OwnRole:
        return invalid(request, _REMOVE, {**context, "errors": [_own_role()]})
    except Membership.DoesNotExist:
        messages.info(request, _("Somebody else removed this role just before."))
    else:
        messages.success(request, _("The role was removed."))
    return see_other(request, "programs:program_detail", pk=program.pk)


def _reach(request: StaffRequest, pk: int) -> Program:
    reachable = Program.objects.reachable(request.access, Permission.MEMBERS_MANAGE)
    return get_object_or_404(reachable, pk=pk)


def _own_role() -> str:
    return _("Nobody changes their own roles. Ask another administrator.")
