"""Writing a rule: a new one, or the next version of one that is there."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from orders.award_states import RuleStatus
from orders.forms import rule_conditions
from orders.forms.rules import GIFTS, RuleForm
from orders.models import Rule, RuleVersion
from orders.triggers import readiness, rule_versions, rules, sentences, texts
from orders.triggers.rule_versions import StaleRule
from orders.triggers.texts import RuleText
from orders.views import prefill
from orders.views.rule_acts import stale_page
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import catalogue
from programs.models import Program

_TEMPLATE: Final = "orders/rule_form.html"
_MOST_TYPES: Final = 50
_NOWHERE: Final = {
    "new_title": gettext_lazy("New rule"),
    "problem": gettext_lazy("No active program of yours"),
    "remedy": gettext_lazy("An administrator can resume one, or make you its manager."),
}
# What programs of a kind are usually told of.
_USUAL: Final[Mapping[str, str]] = {
    Program.Kind.REFERRAL: "referral.completed",
    Program.Kind.SURVEY: "survey.completed",
    Program.Kind.MILESTONE: "milestone.reached",
}


@requires(Permission.RULES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_create(request: StaffRequest) -> HttpResponse:
    """A new draft; what the promotion guard asks may wait."""
    if request.method != "POST":
        typed = typed_before(request)
        form = RuleForm(typed, access=request.access, initial=_fresh(request))
        if form.current_program is None:
            return render(request, "orders/order_form_none.html", _NOWHERE)
        return render(request, _TEMPLATE, _page(form) | {"restored": typed is not None})
    form = RuleForm(request.POST, access=request.access)
    return _posted(
        request,
        form,
        None,
        lambda: rules.create(
            form.text, name=form.cleaned_data["name"], actor=request.actor
        ),
    )


@requires(Permission.RULES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change the draft, or begin the next version while the last one runs."""
    mine = Rule.objects.reachable(request.access, Permission.RULES_MANAGE)
    rule = get_object_or_404(mine.select_related("program"), pk=pk)
    if rule.status == RuleStatus.ENDED:
        return see_other(request, "orders:rule_detail", pk=pk)

    text = texts.of(rule_versions.newest(rule))

    def form_of(typed: Any) -> RuleForm:
        stored = _stored(rule, text)
        access, program = request.access, rule.program
        return RuleForm(typed, access=access, program=program, initial=stored)

    if request.method != "POST":
        typed = typed_before(request)
        form = form_of(typed)
        page = _page(form, rule, text) | {"restored": typed is not None}
        return render(request, _TEMPLATE, page)
    form = form_of(request.POST)
    return _posted(
        request,
        form,
        rule,
        lambda: rules.edit(
            rule,
            form.text,
            name=form.cleaned_data["name"],
            version=form.cleaned_data["version"] or 0,
            actor=request.actor,
        ),
    )


def _posted(
    request: StaffRequest, form: RuleForm, rule: Rule | None, verb: Callable[[], Rule]
) -> HttpResponse:
    if "preview" in request.POST:
        # Shown as typed and without complaints: nobody has asked for a verdict yet.
        shown = RuleForm(
            access=request.access,
            program=rule.program if rule else None,
            initial=form.typed(),
        )
        text = form.text if form.is_valid() else None
        return render(request, _TEMPLATE, _page(shown, rule, text))
    if not form.is_valid():
        return invalid(request, _TEMPLATE, _page(form, rule))
    try:
        done = verb()
    except rules.NameTaken:
        said = _("Another rule of the program has this name. Choose another.")
        form.add_error("name", said)
        return invalid(request, _TEMPLATE, _page(form, rule))
    except StaleRule as stale:
        return stale_page(request, stale.rule)
    return see_other(request, "orders:rule_detail", pk=done.pk)


def _page(
    form: RuleForm, rule: Rule | None = None, text: RuleText | None = None
) -> dict[str, Any]:
    types = RuleVersion.objects.filter(rule__program=form.current_program)
    seen = types.order_by("event_type").values_list("event_type", flat=True).distinct()
    return {
        "form": form,
        "rule": rule,
        "event_types": seen[:_MOST_TYPES],
        "more_conditions": any(
            row["attribute"].value() or row["value"].value() or row["value"].errors
            for row in form.conditions[1:]
        ),
        "sentence": sentences.sentence(text) if text else "",
        "checks": readiness.tasks(text) if text else [],
    }


def _fresh(request: StaffRequest) -> dict[str, Any]:
    """As little to choose as can be: one card, once per person, from today on."""
    among = Program.objects.reachable(request.access, Permission.RULES_MANAGE).active()
    program = prefill.program(request, among)
    if program is None:
        return {}
    product = catalogue.offered_in(program).order_by("name").first()
    return {
        "program": program.pk,
        "event_type": _USUAL.get(program.kind, ""),
        "product": product.pk if product else None,
        "per_person": 1,
        "starts_on": timezone.localdate(),
        "verification_days": 0,
    }


def _stored(rule: Rule, text: RuleText) -> dict[str, Any]:
    """The newest version as the form holds it."""
    answers = {True: "yes", False: "no", None: ""}
    initial: dict[str, Any] = {
        **{
            name: getattr(text, name)
            for name in RuleForm.base_fields
            if hasattr(text, name)
        },
        **rule_conditions.initial(text.groups),
        "program": rule.program_id,
        "name": rule.name,
        "version": rule.version,
        "states": list(text.states),
        "by_chance": answers[text.by_chance],
        "asks_review": answers[text.asks_review],
    }
    for gift in text.gifts:
        values = (gift.product.pk, gift.value, gift.way)
        initial |= dict(zip(GIFTS[gift.side], values, strict=True))
    return initial
