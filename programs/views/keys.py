"""Keys of the trigger API: the list of them, and one with its secrets."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.audit.timeline import timeline
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial
from programs.forms.filters import KeyFilter
from programs.forms.keys import last_day_of
from programs.models import ApiKey, KeySecret
from programs.models.key import ApiKeyQuerySet
from programs.states import State, key_state, secret_state


@dataclass(frozen=True, slots=True)
class _Secret:
    secret: KeySecret
    state: State


@dataclass(frozen=True, slots=True)
class _Listed:
    """A key as its page and the list tell it; the newest of its secrets first."""

    key: ApiKey
    state: State
    secrets: list[_Secret]
    last_day: date | None

    @property
    def scopes(self) -> list[str]:
        return [str(ApiKey.Scope(each).label) for each in self.key.scopes]

    @property
    def last_used_at(self) -> datetime | None:
        used = [each.secret.last_used_at for each in self.secrets]
        return max((moment for moment in used if moment), default=None)


@requires(Permission.KEYS_VIEW)
@require_safe
def key_list(request: StaffRequest) -> HttpResponse:
    """The keys of the programs this person belongs to, newest first."""
    form = KeyFilter(request.GET, access=request.access)
    found = _with_secrets().reachable(request.access, Permission.KEYS_VIEW)
    page = paging.keyset(form.narrow(found), request.GET, order=("-id",))
    context = {
        "form": form,
        "is_filtered": form.is_filtered,
        "page": page,
        "rows": [_listed(key) for key in page.rows],
        "columns": [
            {"label": _("Name")},
            {"label": _("Program")},
            {"label": _("Mode")},
            {"label": _("Ends with")},
            {"label": _("May")},
            {"label": _("Last used")},
            {"label": _("Last day")},
            {"label": _("Calls a minute"), "numeric": True},
            {"label": _("Status")},
        ],
        "may_create": request.access.anywhere(Permission.KEYS_MANAGE),
    }
    return render(request, partial(request, "programs/key_list.html", "rows"), context)


@requires(Permission.KEYS_VIEW)
@require_safe
def key_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One key: what it may, its secrets by their last letters, what was done to it."""
    keys = _with_secrets().reachable(request.access, Permission.KEYS_VIEW)
    listed = _listed(get_object_or_404(keys.select_related("created_by"), pk=pk))
    may, key = request.access.allows, listed.key
    is_open = key.revoked_at is None
    may_manage = is_open and may(Permission.KEYS_MANAGE, key.program_id)
    context = {
        "listed": listed,
        "key": key,
        "facts": _facts(listed),
        "events": timeline([("apikey", [key.pk])], most=20),
        "actions": _actions(key) if may_manage else [],
        "may_revoke": is_open and may(Permission.KEYS_REVOKE, key.program_id),
    }
    return render(request, "programs/key_detail.html", context)


def _with_secrets() -> ApiKeyQuerySet:
    secrets = Prefetch("secrets", KeySecret.objects.order_by("-pk"))
    return ApiKey.objects.select_related("program").prefetch_related(secrets)


def _listed(key: ApiKey) -> _Listed:
    now = timezone.now()
    secrets = [_Secret(s, secret_state(s, key, now)) for s in key.secrets.all()]
    return _Listed(key, key_state(key, now), secrets, last_day_of(key))


def _actions(key: ApiKey) -> list[dict[str, str]]:
    return [
        {"label": _("Edit"), "url": reverse("programs:key_edit", args=[key.pk])},
        {
            "label": _("Rotate"),
            "url": reverse("programs:key_rotate", args=[key.pk]),
            "icon": "arrow-path",
        },
    ]


def _facts(listed: _Listed) -> list[dict[str, object]]:
    key = listed.key
    return [
        {"key": _("Program"), "value": key.program},
        {"key": _("Mode"), "value": key.get_mode_display()},
        {"key": _("It may"), "value": ", ".join(listed.scopes)},
        {
            "key": _("Networks"),
            "value": ", ".join(key.networks) or _("It may call from anywhere."),
        },
        {"key": _("Calls a minute"), "value": key.rate_per_minute},
        {"key": _("Made by"), "value": key.created_by},
    ]
