"""What a rule would match, tried without storing or sending anything."""

from datetime import datetime
from typing import Any, Final

import simplejson
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.forms.dry_run import SampleForm
from orders.models import RuleVersion
from orders.triggers import dry_running, rule_versions, sampling, sentences, texts
from orders.triggers.dry_running import Outcome
from orders.triggers.texts import RuleText
from orders.views.rules import seen
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid

_TEMPLATE: Final = "orders/rule_dry_run.html"
_LIVE, _TEST = "live", "test"


@requires(Permission.RULES_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_dry_run(request: StaffRequest, pk: int) -> HttpResponse:
    """Over a sample, or with ?of= over the last events, live ones or tests."""
    version = rule_versions.newest(seen(request, pk))
    text = texts.of(version)
    of = request.GET.get("of", "")
    if of in (_LIVE, _TEST):
        outcome = dry_running.of_last(version, is_test=of == _TEST)
        return render(request, _TEMPLATE, _page(version, of, outcome))
    form = SampleForm(request.POST or None, initial={"sample": _sample(text)})
    if request.method == "POST" and not form.is_valid():
        return invalid(request, _TEMPLATE, _page(version, "", None, form))
    if not form.is_bound:
        # What the page comes with is tried at once.
        filled = SampleForm({"sample": form.initial["sample"]})
        filled.is_valid()
        outcome = dry_running.of_sample(version, filled.call)
    else:
        outcome = dry_running.of_sample(version, form.call)
    return render(request, _TEMPLATE, _page(version, "", outcome, form))


def _page(
    version: RuleVersion, of: str, outcome: Outcome | None, form: Any = None
) -> dict[str, Any]:
    rule = version.rule
    url = reverse("orders:rule_dry_run", args=[rule.pk])
    tabs = [
        {"label": label, "url": f"{url}?of={key}" if key else url, "of": key}
        for label, key in (
            (_("A sample"), ""),
            (_("Last live events"), _LIVE),
            (_("Last test events"), _TEST),
        )
    ]
    return {
        "rule": rule,
        "version": version,
        "sentence": sentences.sentence(texts.of(version)),
        "form": form,
        "outcome": outcome,
        "rows": outcome.lines if outcome else (),
        "of": of,
        "tabs": [{**tab, "is_current": tab["of"] == of} for tab in tabs],
        "columns": [
            {"label": _("Event")},
            {"label": _("Type")},
            {"label": _("When")},
            {"label": _("Matched")},
            {"label": _("Why, or what it sends")},
        ],
    }


def _sample(text: RuleText) -> str:
    body = sampling.body(text, event_id="sample-1", occurred_at=_moment(text))
    return simplejson.dumps(body, indent=2, use_decimal=True, ensure_ascii=False)


def _moment(text: RuleText) -> datetime:
    """Now, or the nearest time at which the rule runs."""
    now, today = timezone.localtime(), timezone.localdate()
    if text.starts_on and text.starts_on > today:
        return now + (text.starts_on - today)
    if text.ends_on and text.ends_on < today:
        return now - (today - text.ends_on)
    return now
