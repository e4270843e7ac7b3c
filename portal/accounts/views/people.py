"""Pages about people, for those who let them in."""

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import people
from portal.accounts.forms import PersonFilter, RoleForm
from portal.accounts.models import Invitation, User
from portal.accounts.standing import standing_of
from portal.audit.timeline import timeline
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, partial, see_other


@requires(Permission.PEOPLE_MANAGE)
@require_safe
def person_list(request: StaffRequest) -> HttpResponse:
    """Everybody, active or not, with what they are in each program."""
    form = PersonFilter(request.GET)
    form.is_valid()
    is_active = form.cleaned_data.get("state") != "deactivated"
    words = form.cleaned_data.get("q", "")
    found = _named(User.objects.filter(is_active=is_active), words)
    found = found.prefetch_related("memberships__program")
    page = paging.keyset(found, request.GET, order=("name", "id"))
    context = {
        "page": page,
        "rows": [standing_of(user) for user in page.rows],
        "tabs": _tabs(is_active=is_active),
        "form": form,
        **_filters(words, is_active=is_active),
        "invitations": _open_invitations() if is_active and not words else [],
        "now": timezone.now(),
        "columns": [
            {"label": _("Name")},
            {"label": _("E-mail")},
            {"label": _("In the organisation")},
            {"label": _("In programs")},
            {"label": _("Last signed in")},
        ],
    }
    return render(
        request, partial(request, "accounts/person_list.html", "rows"), context
    )


@requires(Permission.PEOPLE_MANAGE)
@require_safe
def person_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: what they are, what was done about it, and what may be changed."""
    user = get_object_or_404(User, pk=pk)
    form = RoleForm(initial={"organisation_role": user.organisation_role})
    return render(request, "accounts/person_detail.html", _person(request, user, form))


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def person_change_role(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        role = form.cleaned_data["organisation_role"]
        try:
            people.change_role(user, role, actor=request.actor)
        except people.Refused as refusal:
            form.add_error("organisation_role", str(refusal))
        else:
            messages.success(request, _("The role of %s is saved.") % user)
            return see_other(request, "person_detail", pk=pk)
    return invalid(request, "accounts/person_detail.html", _person(request, user, form))


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def person_deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    said = _("%s is deactivated and signed out everywhere.")
    return _change_access(request, pk, people.deactivate, said)


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def person_reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    said = _("%s can sign in again, with the roles they had.")
    return _change_access(request, pk, people.reactivate, said)


def _change_access(
    request: StaffRequest, pk: int, verb: Callable[..., User], said: str
) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    try:
        verb(user, actor=request.actor)
    except people.Refused as refusal:
        form = RoleForm(initial={"organisation_role": user.organisation_role})
        context = {**_person(request, user, form), "errors": [str(refusal)]}
        return invalid(request, "accounts/person_detail.html", context)
    messages.success(request, said % user)
    return see_other(request, "person_detail", pk=pk)


def _person(request: StaffRequest, user: User, form: RoleForm) -> dict[str, object]:
    standing = standing_of(user)
    return {
        "person": user,
        "standing": standing,
        "form": form,
        "is_self": user == request.user,
        "events": timeline([("user", [user.pk])], most=20),
    }


def _named(users: QuerySet[User], words: str) -> QuerySet[User]:
    if not words:
        return users
    return users.filter(Q(name__icontains=words) | Q(email__icontains=words))


def _filters(words: str, *, is_active: bool) -> dict[str, object]:
    if not words:
        return {}
    url = reverse("person_list") + ("" if is_active else "?state=deactivated")
    return {"chips": [{"label": words, "remove_url": url}], "clear_url": url}


def _open_invitations() -> QuerySet[Invitation]:
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return waiting.select_related("invited_by").order_by("-created_at", "-id")[:100]


def _tabs(*, is_active: bool) -> list[dict[str, object]]:
    url = reverse("person_list")
    return [
        {"label": _("Active"), "url": url, "is_current": is_active},
        {
            "label": _("Deactivated"),
            "url": f"{url}?state=deactivated",
            "is_current": not is_active,
        },
    ]
