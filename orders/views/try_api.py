"""Calls that work as they stand, for a key and a rule; and a test event sent here."""

import secrets
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.forms.try_api import ChoiceForm, FillForm, SendForm
from orders.models import Rule, RuleVersion
from orders.triggers import accepting, examples, rule_versions, snippets
from orders.triggers.problems import MEANINGS, Refused
from orders.webhooks import signing
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from programs import arrival
from programs.models import ApiKey

_TEMPLATE: Final = "orders/try_api.html"


@requires(Permission.KEYS_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def try_api(request: StaffRequest) -> HttpResponse:
    """Choose a key and a rule, take the calls, or send the event from here."""
    if request.method != "POST":
        chosen = ChoiceForm(request.GET, access=request.access)
        return _unkept(render(request, _TEMPLATE, _page(request, chosen)))
    if request.POST.get("act") == "send":
        return _send(request)
    return _fill(request)


def _fill(request: StaffRequest) -> HttpResponse:
    """The calls with a pasted test key in them; on this one answer."""
    form = FillForm(request.POST, access=request.access)
    if not form.is_valid():
        chosen = ChoiceForm(request.POST, access=request.access)
        return invalid(request, _TEMPLATE, _page(request, chosen) | {"form": form})
    key = form.key
    assert key is not None  # noqa: S101  (a valid form has one)
    data = {"key": str(key.pk), "rule": request.POST.get("rule", "")}
    chosen = ChoiceForm(data, access=request.access)
    page = _page(request, chosen, secret=form.cleaned_data["secret"])
    return _unkept(render(request, _TEMPLATE, page))


def _send(request: StaffRequest) -> HttpResponse:
    """Take the event in as if the key had sent it; only of keys one manages."""
    chosen = ChoiceForm(request.POST, access=request.access)
    key, form = chosen.chosen_key, SendForm(request.POST)
    is_meant = key is not None and str(key.pk) == request.POST.get("key")
    if key is None or not is_meant or not _may_send(request, key):
        raise Http404
    call, rule = None, chosen.chosen_rule
    if rule is not None and form.is_valid():
        call = examples.event_for(_version(key, rule), **form.cleaned_data)
    if call is None:
        messages.error(request, _("Nothing was sent. Choose again, then send."))
        return see_other(request, "orders:try_api")
    try:
        event = accepting.accept(call, key=key)
    except Refused as refusal:
        page = _page(request, chosen)
        meaning = MEANINGS[refusal.code]
        errors = [f"{meaning.title} {refusal.detail or meaning.remedy}"]
        return invalid(request, _TEMPLATE, page | {"errors": errors})
    messages.success(request, _("The test event was taken in. Nothing is bought."))
    return see_other(request, "orders:event_detail", pk=event.pk)


def _page(
    request: StaffRequest, chosen: ChoiceForm, *, secret: str = ""
) -> dict[str, Any]:
    key, rule = chosen.chosen_key, chosen.chosen_rule
    page: dict[str, Any] = {
        "choice": chosen,
        "key": key,
        "rule": rule,
        "form": FillForm(access=request.access),
        "may_create_key": request.access.anywhere(Permission.KEYS_MANAGE),
        "may_create_rule": request.access.anywhere(Permission.RULES_MANAGE),
        "is_filled": bool(secret),
    }
    if key is None or rule is None:
        return page
    version = _version(key, rule)
    now = timezone.now().replace(microsecond=0)
    event_id = f"try-{secrets.token_hex(8)}"
    call = examples.event_for(version, event_id=event_id, at=now)
    page |= {"version": version, "notices": _notices(key, version, now)}
    if call is None:
        return page
    url, body = settings.SITE_URL + reverse("api:event_report"), snippets.body_of(call)
    return page | {
        "curl": snippets.curl(url, body, secret=secret),
        "python": snippets.python(url, body, secret=secret),
        "example": signing.EXAMPLE,
        "event_id": event_id,
        "at": now.isoformat(),
        "may_send": _may_send(request, key),
    }


def _version(key: ApiKey, rule: Rule) -> RuleVersion:
    """What the key's events are asked of: the newest in a test, else what is in force.

    Where nothing is in force yet, the newest all the same.
    """
    if key.is_test or rule.in_force_id is None:
        return rule_versions.newest(rule)
    versions = RuleVersion.objects.filter(pk=rule.in_force_id)
    return rule_versions.with_text(versions).get()


def _may_send(request: StaffRequest, key: ApiKey) -> bool:
    may = request.access.allows(Permission.KEYS_MANAGE, key.program_id)
    return key.is_test and may


def _notices(key: ApiKey, version: RuleVersion, now: datetime) -> list[dict[str, str]]:
    """What else keeps the call from being what is expected, each with its tone."""
    found = []
    if not key.is_test:
        text = _(
            "This is a live key. The call reports a real event: what its rule sends is "
            "bought. Put somebody of yours in place of the example first."
        )
        found.append({"tone": "warn", "text": text})
        if version.rule.in_force_id is None:
            text = _("No version of this rule is approved, so live events match none.")
            found.append({"tone": "warn", "text": text})
    if not key.may(ApiKey.Scope.EVENTS_WRITE):
        text = _("This key may not report events, so the call will be refused.")
        found.append({"tone": "warn", "text": text})
    return found + [{"tone": "info", "text": text} for text in _days(version, now)]


def _days(version: RuleVersion, now: datetime) -> list[str]:
    today = arrival.local_day(now)
    if version.starts_on and today < version.starts_on:
        return [_("The rule has not begun: until then its events are not matched.")]
    if version.ends_on and today > version.ends_on:
        return [_("The rule is over: its events are not matched any more.")]
    return []


def _unkept(response: HttpResponse) -> HttpResponse:
    """The page may hold a key, and its event is new each time."""
    response["Cache-Control"] = "no-store"
    return response
