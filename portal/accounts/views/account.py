"""One's own account: open to everybody who is signed in, whatever their roles."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import people
from portal.accounts.forms import SettingsForm, ThemeForm
from portal.permissions import public
from portal.web.http import Request, StaffRequest, invalid, see_other
from portal.web.interrupted import ask_to_sign_in, typed_before

P = ParamSpec("P")


def _signed_in(
    view: Callable[Concatenate[StaffRequest, P], HttpResponse],
) -> Callable[Concatenate[Request, P], HttpResponse]:
    """Public to the gate, since no role is needed, yet only for who is signed in."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        return view(cast(StaffRequest, request), *args, **kwargs)

    return public(guarded)


@_signed_in
@require_http_methods(["GET", "POST"])
def account_settings(request: StaffRequest) -> HttpResponse:
    user = request.user
    if request.method == "GET":
        now = {"name": user.name, "time_zone": user.time_zone}
        form = SettingsForm(typed_before(request), initial=now)
        return render(request, "accounts/account_settings.html", {"form": form})
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return invalid(request, "accounts/account_settings.html", {"form": form})
    people.change_settings(user, **form.cleaned_data, actor=request.actor)
    messages.success(request, _("Your settings are saved."))
    return see_other(request, "account_settings")


@_signed_in
@require_POST
def theme(request: StaffRequest) -> HttpResponse:
    """Light, dark or as the system says; then back to the page it was chosen on."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        people.choose_theme(
            request.user, form.cleaned_data["theme"], actor=request.actor
        )
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return see_other(request, back if ours else resolve_url("account_settings"))
