"""What is done with a rule: submitted, decided on, paused, resumed, ended."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from orders import approvals
from orders.award_states import RuleStatus, VersionStatus
from orders.forms.decision import DecisionForm
from orders.models import Rule, RuleVersion
from orders.triggers import (
    readiness,
    rule_deciding,
    rule_versions,
    rules,
    summary,
    texts,
)
from orders.triggers.rule_versions import StaleRule
from orders.triggers.texts import RuleText
from orders.views.posted import version
from orders.views.rules import among, change, seen, versions_of
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from programs.programs import approval_rule_sentence

_REVIEW: Final = "orders/rule_decide.html"
_VERDICTS: Final[dict[str, tuple[Callable[..., Rule], VersionStatus]]] = {
    "approve": (rule_deciding.approve, VersionStatus.APPROVED),
    "reject": (rule_deciding.reject, VersionStatus.REJECTED),
}


@requires(Permission.RULES_MANAGE)
@require_POST
def rule_submit(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for approval; what is missing is said where it is typed."""
    rule = _mine(request, pk)
    try:
        rules.submit(rule, version=version(request), actor=request.actor)
    except readiness.NotReady:
        messages.error(
            request,
            _("It cannot start yet: see what is missing, then submit it again."),
        )
    except StaleRule as stale:
        if rule_versions.newest(stale.rule).status != VersionStatus.SUBMITTED:
            return stale_page(request, stale.rule)
        # A second press finds what the first one did.
    else:
        messages.success(request, _("Submitted. Approvers were written to."))
    return see_other(request, "orders:rule_detail", pk=pk)


@requires(Permission.RULES_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything an approver needs on one page, and the decision itself."""
    approvable = Rule.objects.reachable(request.access, Permission.RULES_APPROVE)
    rule = get_object_or_404(approvable.select_related("program"), pk=pk)
    versions = versions_of(rule)
    newest = versions[0]
    if request.method != "POST":
        is_open = newest.status == VersionStatus.SUBMITTED
        if not is_open or rule.status == RuleStatus.ENDED:
            return see_other(request, "orders:rule_detail", pk=pk)
        form = DecisionForm(initial={"content_hash": newest.content_hash})
        return render(request, _REVIEW, _review(request, rule, versions, form))
    form = DecisionForm(request.POST)
    verdict = _VERDICTS.get(request.POST.get("verdict", ""))
    if verdict is None:
        form.add_error(None, _("Choose whether to approve or to reject it."))
    if verdict is None or not form.is_valid():
        return invalid(request, _REVIEW, _review(request, rule, versions, form))
    verb, status = verdict
    try:
        verb(rule, actor=request.actor, **form.cleaned_data)
    except approvals.CommentMissing:
        form.add_error("comment", _("Tell the manager why; they get it by e-mail."))
    except approvals.SelfApproval:
        form.add_error(None, _refusal())
    except readiness.NotReady as refusal:
        for problem in refusal.problems:
            form.add_error(None, problem.message)
    except StaleRule as stale:
        shown = form.cleaned_data["content_hash"]
        if not rule_deciding.is_last(stale.rule, status, shown, actor=request.actor):
            return stale_page(request, stale.rule)
    if form.errors:
        return invalid(request, _REVIEW, _review(request, rule, versions, form))
    is_yes = status == VersionStatus.APPROVED
    messages.success(request, _("Approved. It runs.") if is_yes else _("Rejected."))
    return see_other(request, "orders:rule_detail", pk=pk)


@requires(Permission.RULES_VIEW)
@require_POST
def rule_pause(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop new rewards at once; managers and approvers may."""
    rule = seen(request, pk)
    entitled = (Permission.RULES_MANAGE, Permission.RULES_APPROVE)
    if not any(request.access.allows(p, rule.program_id) for p in entitled):
        raise Http404
    done = _("Paused. Events earn nothing by it; what waits or is collected goes on.")
    return _act(request, rule, rules.pause, done)


@requires(Permission.RULES_MANAGE)
@require_POST
def rule_resume(request: StaffRequest, pk: int) -> HttpResponse:
    """Let events trigger it again."""
    done = _("It runs again. What came meanwhile can be replayed in the event log.")
    return _act(request, _mine(request, pk), rules.resume, done)


@requires(Permission.RULES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask, then end it for good."""
    rule = _mine(request, pk)
    if rule.status == RuleStatus.ENDED:
        return see_other(request, "orders:rule_detail", pk=pk)
    if request.method != "POST":
        return render(request, "orders/rule_end.html", {"rule": rule})
    return _act(request, rule, rules.end, _("Ended."))


def stale_page(request: StaffRequest, rule: Rule) -> HttpResponse:
    """409: the rule is not what was on the screen."""
    return render(request, "orders/rule_stale.html", {"rule": rule}, status=409)


def _mine(request: StaffRequest, pk: int) -> Rule:
    """A rule this person may change; else 404."""
    rules_of_mine = Rule.objects.reachable(request.access, Permission.RULES_MANAGE)
    return get_object_or_404(rules_of_mine.select_related("program"), pk=pk)


def _act(
    request: StaffRequest, rule: Rule, verb: Callable[..., Rule], done: str
) -> HttpResponse:
    try:
        verb(rule, version=version(request), actor=request.actor)
    except StaleRule as stale:
        return stale_page(request, stale.rule)
    messages.success(request, done)
    return see_other(request, "orders:rule_detail", pk=rule.pk)


def _review(
    request: StaffRequest, rule: Rule, versions: list[RuleVersion], form: DecisionForm
) -> dict[str, Any]:
    newest, in_force = versions[0], among(versions, rule.in_force_id)
    text = texts.of(newest)
    own = rule_versions.had_hand(newest, request.actor)
    return {
        **change(newest, in_force),
        "checks": readiness.tasks(text),
        "rule": rule,
        "form": form,
        "rows": summary.rows(text),
        "cost": _cost(text),
        "order_rule": approval_rule_sentence(rule.program),
        "approve_label": _approve_label(text),
        "refusal": _refusal() if own else "",
    }


def _cost(text: RuleText) -> str:
    """What most it can cost, in a sentence."""
    if text.most is None:
        said = _(
            "There is no cap in all: each event that matches sends %(once)s, until the "
            "budget is used up. %(available)s is available."
        )
    else:
        said = _("It can send at most %(most)s. %(available)s is available.")
    words = {"once": text.once, "most": text.most}
    return said % {**words, "available": text.program.available}


def _approve_label(text: RuleText) -> str:
    if text.most is None:
        return _("Approve %(once)s for each event") % {"once": text.once}
    return _("Approve up to %(most)s") % {"most": text.most}


def _refusal() -> str:
    return _(
        "You had a hand in this rule, so somebody else has to decide: whoever writes "
        "one never approves it."
    )
