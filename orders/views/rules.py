"""Looking at rules: the list, one rule with its versions, and what it would match."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.award_states import RuleStatus, VersionStatus
from orders.forms.rule_filter import RuleFilter
from orders.models import Rule, RuleVersion
from orders.triggers import (
    readiness,
    rule_overview,
    rule_versions,
    sentences,
    summary,
    texts,
)
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial
from portal.web.numbers import whole_number


@requires(Permission.RULES_VIEW)
@require_safe
def rule_list(request: StaffRequest) -> HttpResponse:
    """Every rule the person may see as a sentence, newest first."""
    form = RuleFilter(request.GET, access=request.access)
    rules = Rule.objects.reachable(request.access, Permission.RULES_VIEW)
    page = paging.keyset(
        form.apply(rules).select_related("program"), request.GET, order=("-id",)
    )
    context = {
        "form": form,
        "page": page,
        "rows": rule_overview.lines(page.rows),
        "columns": [
            {"label": _("Rule")},
            {"label": _("Program")},
            {"label": _("Status")},
            {"label": _("Change")},
            {"label": _("Made")},
        ],
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "may_write": request.access.anywhere(Permission.RULES_MANAGE),
    }
    return render(request, partial(request, "orders/rule_list.html", "rows"), context)


@requires(Permission.RULES_VIEW)
@require_safe
def rule_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """What runs, what waits beside it, every version; ?version= reads one of them."""
    rule = seen(request, pk)
    versions = versions_of(rule)
    shown = _asked_for(versions, request.GET.get("version"))
    in_force = among(versions, rule.in_force_id)
    newest = versions[0]
    context: dict[str, Any] = {
        "rule": rule,
        "versions": versions,
        "in_force": in_force,
        "shown": shown or in_force or newest,
        "is_chosen": shown is not None,
        "figures": rule_overview.figures(rule),
        "acts": acts(request, rule, newest),
    }
    context["rows"] = summary.rows(texts.of(context["shown"]))
    if in_force is not None:
        context["sentence"] = sentences.sentence(texts.of(in_force))
    if newest != in_force:
        context |= change(newest, in_force)
        if newest.status != VersionStatus.SUBMITTED:
            # What was submitted had passed them all.
            context["checks"] = readiness.tasks(texts.of(newest))
    return render(request, "orders/rule_detail.html", context)


def seen(request: StaffRequest, pk: int) -> Rule:
    """A rule this person may see; else 404."""
    rules = Rule.objects.reachable(request.access, Permission.RULES_VIEW)
    return get_object_or_404(rules.select_related("program"), pk=pk)


def versions_of(rule: Rule) -> list[RuleVersion]:
    """All of them with their texts and who decided, newest first."""
    people = ("created_by", "submitted_by", "decided_by")
    found = rule_versions.with_text(RuleVersion.objects.filter(rule=rule))
    versions = list(found.select_related(*people).order_by("-number"))
    for version in versions:
        version.rule = rule
    return versions


def change(version: RuleVersion, in_force: RuleVersion | None) -> dict[str, Any]:
    """What templates show of the version that is not in force (yet)."""
    text = texts.of(version)
    return {
        "change": version,
        "change_sentence": sentences.sentence(text),
        "changes": summary.changes(texts.of(in_force), text) if in_force else [],
    }


def acts(request: StaffRequest, rule: Rule, newest: RuleVersion) -> dict[str, bool]:
    """What this person may do with the rule as it stands."""
    manages = request.access.allows(Permission.RULES_MANAGE, rule.program_id)
    approves = request.access.allows(Permission.RULES_APPROVE, rule.program_id)
    if rule.status == RuleStatus.ENDED:
        manages = approves = False
    return {
        "edit": manages,
        "submit": manages and newest.status == VersionStatus.DRAFT,
        "decide": approves
        and newest.status == VersionStatus.SUBMITTED
        and not rule_versions.had_hand(newest, request.actor),
        # A rule that sends what it should not is stopped by whoever sees it.
        "pause": (manages or approves) and rule.status == RuleStatus.ACTIVE,
        "resume": manages and rule.status == RuleStatus.PAUSED,
        "end": manages,
    }


def _asked_for(versions: list[RuleVersion], typed: str | None) -> RuleVersion | None:
    if typed is None:
        return None
    number = whole_number(typed)
    for version in versions:
        if version.number == number:
            return version
    raise Http404


def among(versions: list[RuleVersion], pk: int | None) -> RuleVersion | None:
    """The version with this key."""
    return next((version for version in versions if version.pk == pk), None)
