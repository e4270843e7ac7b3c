"""Addresses of rules: what other systems trigger."""

from django.urls import URLPattern, path

from orders.views import rule_acts, rule_dry_run, rule_form, rules

_rule = "developers/rules/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("developers/rules/", rules.rule_list, name="rule_list"),
    path("developers/rules/new/", rule_form.rule_create, name="rule_create"),
    path(_rule, rules.rule_detail, name="rule_detail"),
    path(f"{_rule}edit/", rule_form.rule_edit, name="rule_edit"),
    path(f"{_rule}submit/", rule_acts.rule_submit, name="rule_submit"),
    path(f"{_rule}decide/", rule_acts.rule_decide, name="rule_decide"),
    path(f"{_rule}pause/", rule_acts.rule_pause, name="rule_pause"),
    path(f"{_rule}resume/", rule_acts.rule_resume, name="rule_resume"),
    path(f"{_rule}end/", rule_acts.rule_end, name="rule_end"),
    path(f"{_rule}dry-run/", rule_dry_run.rule_dry_run, name="rule_dry_run"),
]
