"""Letting somebody in, and coming in."""

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import invitations, people
from portal.accounts.forms import AcceptForm, InviteForm
from portal.accounts.models import Invitation
from portal.permissions import Permission, public, requires
from portal.web.http import Request, StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before


@requires(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def invitation_create(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        if typed := typed_before(request):
            form = InviteForm(typed)
        return render(request, "accounts/invitation_create.html", {"form": form})
    if form.is_valid():
        typed_email = form.cleaned_data["email"]
        try:
            invitations.invite(
                typed_email,
                form.cleaned_data["name"],
                role=form.cleaned_data["organisation_role"],
                inviter=request.user,
                actor=request.actor,
            )
        except people.Refused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("An invitation goes to %s.") % typed_email)
            return see_other(request, "person_list")
    return invalid(request, "accounts/invitation_create.html", {"form": form})


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def invitation_resend(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        invitations.send_again(invitation, actor=request.actor)
    except invitations.NotOpen as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("A new link goes to %s. The old one stopped working.")
        messages.success(request, said % invitation.email)
    return see_other(request, "person_list")


@requires(Permission.PEOPLE_MANAGE)
@require_POST
def invitation_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        invitations.revoke(invitation, actor=request.actor)
    except invitations.NotOpen as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The invitation of %s is revoked. Its link stopped working.")
        messages.success(request, said % invitation.email)
    return see_other(request, "person_list")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: Request, token: str) -> HttpResponse:
    """Choose a name and a password. Looking at the page uses nothing up."""
    invitation = invitations.find(token)
    if invitation is None:
        return _closed(request)
    form = AcceptForm(
        request.POST if request.method == "POST" else None,
        email=invitation.email,
        initial={"name": invitation.name},
    )
    context: dict[str, object] = {"form": form, "invitation": invitation}
    if request.method != "POST":
        return render(request, "accounts/invitation_accept.html", context)
    if not form.is_valid():
        return invalid(request, "accounts/invitation_accept.html", context)
    try:
        invitations.accept(
            token,
            name=form.cleaned_data["name"],
            # Slow by design, so it is done before the verb locks anything.
            hashed_password=make_password(form.cleaned_data["password"]),
            request_id=request.request_id,
        )
    except people.Refused:
        return _closed(request)
    messages.success(request, _("Your account is ready. Sign in with your password."))
    return redirect("account_login")


def _closed(request: Request) -> HttpResponse:
    # One answer for unknown, used, revoked and expired: it tells a guesser nothing.
    return render(request, "accounts/invitation_closed.html", status=404)
