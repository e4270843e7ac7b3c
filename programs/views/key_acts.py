"""What is done with keys: made, changed, rotated, revoked.

A secret is on the page that answers the button, and nowhere after it.
"""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import keys
from programs.forms.keys import EditKeyForm, NewKeyForm, RotateForm
from programs.models import ApiKey

_CREATE: Final = "programs/key_create.html"
_EDIT: Final = "programs/key_edit.html"
_ROTATE: Final = "programs/key_rotate.html"


@requires(Permission.KEYS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_create(request: StaffRequest) -> HttpResponseBase:
    """A form for a new key; the answer to it shows the secret, once."""
    is_sent = request.method == "POST"
    form = NewKeyForm(
        request.POST if is_sent else typed_before(request),
        access=request.access,
        owner=request.user.name,
        initial=request.GET.dict(),
    )
    if not is_sent:
        return render(request, _CREATE, {"form": form})
    if not form.is_valid():
        return invalid(request, _CREATE, {"form": form})
    is_live = form.cleaned_data["mode"] == ApiKey.Mode.LIVE
    return _confirmed_create(request, form) if is_live else _create(request, form)


@requires(Permission.KEYS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_edit(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The same form for a key that exists; its secret stays."""
    key = _reach(request, pk, Permission.KEYS_MANAGE)
    return _edit(request, key) if key.is_test else _confirmed_edit(request, key)


@requires(Permission.KEYS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_rotate(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ask how long the old secret is needed, then show the new one, once."""
    key = _reach(request, pk, Permission.KEYS_MANAGE)
    return _rotate(request, key) if key.is_test else _confirmed_rotate(request, key)


@requires(Permission.KEYS_REVOKE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_revoke(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask once more, then stop the key for good."""
    key = _reach(request, pk, Permission.KEYS_REVOKE)
    if request.method != "POST":
        return render(request, "programs/key_revoke.html", {"key": key})
    keys.revoke(key, actor=request.actor)
    said = _("%(name)s is revoked. Whoever uses it is refused from now on.")
    messages.success(request, said % {"name": key})
    return see_other(request, "programs:key_detail", pk=pk)


def _create(request: StaffRequest, form: NewKeyForm) -> HttpResponseBase:
    key, secret = keys.create(
        form.cleaned_data["program"],
        form.terms,
        mode=form.cleaned_data["mode"],
        actor=request.actor,
    )
    return _show(request, key, secret)


def _edit(request: StaffRequest, key: ApiKey) -> HttpResponseBase:
    is_sent = request.method == "POST"
    form = EditKeyForm(request.POST if is_sent else typed_before(request), key=key)
    context: dict[str, object] = {"form": form, "key": key}
    if not is_sent:
        return render(request, _EDIT, context)
    if not form.is_valid():
        return invalid(request, _EDIT, context)
    version = form.cleaned_data["version"]
    try:
        keys.edit(key, form.terms, version=version, actor=request.actor)
    except keys.Stale:
        return _stale(request, key, form)
    except keys.Revoked:
        return _gone(request, key)
    messages.success(request, _("The key was changed. Its secret is the same."))
    return see_other(request, "programs:key_detail", pk=key.pk)


def _rotate(request: StaffRequest, key: ApiKey) -> HttpResponseBase:
    is_sent = request.method == "POST"
    data = request.POST if is_sent else typed_before(request)
    form = RotateForm(data, initial={"version": key.version})
    context: dict[str, object] = {"form": form, "key": key}
    if not is_sent:
        return render(request, _ROTATE, context)
    if not form.is_valid():
        return invalid(request, _ROTATE, context)
    try:
        key, secret = keys.rotate(key, **form.facts, actor=request.actor)
    except keys.Stale:
        key.refresh_from_db()
        again = _typed_again(request, key)
        form = RotateForm(again)
        form.add_error(None, _("The key changed meanwhile. Look at it, then rotate."))
        return invalid(request, _ROTATE, context | {"form": form}, status=409)
    except keys.Revoked:
        return _gone(request, key)
    return _show(request, key, secret)


_confirmed_create = step_up(_create)
_confirmed_edit = step_up(_edit)
_confirmed_rotate = step_up(_rotate)


def _show(request: StaffRequest, key: ApiKey, secret: str) -> HttpResponse:
    """The one page that holds a secret; no cache keeps it."""
    old = key.secrets.order_by("-pk")[1:2]
    context = {
        "key": key,
        "secret": secret,
        "export": f"export LAUREL_KEY={secret}",
        "old": next(iter(old), None),
    }
    response = render(request, "programs/key_created.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _stale(request: StaffRequest, key: ApiKey, form: EditKeyForm) -> HttpResponse:
    """What was typed, against what is stored now; saving again decides."""
    key.refresh_from_db()
    context: dict[str, object] = {
        "form": EditKeyForm(_typed_again(request, key), key=key),
        "key": key,
        "is_stale": True,
        "changes": form.differences(keys.terms_of(key)),
    }
    return invalid(request, _EDIT, context, status=409)


def _typed_again(request: StaffRequest, key: ApiKey) -> Any:
    """What was sent, now against the stored version."""
    data = request.POST.copy()
    data["version"] = str(key.version)
    return data


def _gone(request: StaffRequest, key: ApiKey) -> HttpResponse:
    messages.error(
        request, _("This key is revoked, which is for good. Make a new one.")
    )
    return see_other(request, "programs:key_detail", pk=key.pk)


def _reach(request: StaffRequest, pk: int, permission: Permission) -> ApiKey:
    reachable = ApiKey.objects.reachable(request.access, permission)
    return get_object_or_404(reachable.select_related("program"), pk=pk)
