"""The filters of the event log and of the calls that were refused."""

import uuid
from typing import Any, Final, cast

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.award_states import AWARD_STATES, EVENT_STATES
from orders.forms.periods import PeriodForm
from orders.models import Award, Rule
from orders.models.event import EventQuerySet
from orders.triggers.problems import MEANINGS, Code
from portal.permissions import Access, Permission
from programs.models import ApiKey

# What an event or a reward of it can come to.
_PROBLEMS: Final = (
    Code.PERSON_MISSING,
    Code.CONTACT_MISSING,
    Code.CONTACTS_CONFLICT,
    Code.WORDING_UNKNOWN,
    Code.PROGRAM_NOT_RUNNING,
    Code.PRODUCT_UNAVAILABLE,
    Code.VALUE_NOT_SOLD,
    Code.OVER_CAP,
    Code.BUDGET_EXHAUSTED,
    Code.CONSENT_MISSING,
    Code.CONSENT_WITHDRAWN,
    Code.NOT_ORDERED,
    Code.SAME_PERSON,
    Code.REVERSED,
    Code.CARD_FINAL,
    Code.NOTHING_TO_REVERSE,
)
# Before the status of a reward, which shares some words with those of events.
_REWARD: Final = "reward-"
_REWARD_ID: Final = "rw_"


class EventFilter(PeriodForm):
    q = forms.CharField(
        label=gettext_lazy("Event id"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(
            attrs={"placeholder": gettext_lazy("Event id, or rw_…")}
        ),
    )
    type = forms.CharField(
        label=gettext_lazy("Type"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": "referral.completed"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    problem = forms.ChoiceField(label=gettext_lazy("Problem"), required=False)
    rule = forms.ModelChoiceField(
        Rule.objects.none(),
        label=gettext_lazy("Rule"),
        required=False,
        empty_label=gettext_lazy("All rules"),
    )
    key = forms.ModelChoiceField(
        ApiKey.objects.none(),
        label=gettext_lazy("Source"),
        required=False,
        empty_label=gettext_lazy("All keys"),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Mode"),
        required=False,
        choices=[
            ("", gettext_lazy("Live and test")),
            ("live", gettext_lazy("Live")),
            ("test", gettext_lazy("Test")),
        ],
    )
    field_order = (
        *("q", "type", "program", "status", "problem", "rule", "key", "mode"),
        *("since", "until"),
    )

    def __init__(self, data: QueryDict, *, access: Access) -> None:
        super().__init__(data, access=access)
        status = cast(forms.ChoiceField, self.fields["status"])
        status.choices = [("", _("All statuses")), *_statuses()]
        problem = cast(forms.ChoiceField, self.fields["problem"])
        titles = [(code.value, MEANINGS[code].title) for code in _PROBLEMS]
        problem.choices = [("", _("Any or none")), *titles]
        rule = cast("forms.ModelChoiceField[Rule]", self.fields["rule"])
        rules = Rule.objects.reachable(access, Permission.EVENTS_VIEW)
        rule.queryset = rules.order_by("name", "pk")
        key = cast("forms.ModelChoiceField[ApiKey]", self.fields["key"])
        keys = ApiKey.objects.reachable(access, Permission.EVENTS_VIEW)
        key.queryset = keys.order_by("name", "pk")

    def apply(self, events: EventQuerySet) -> EventQuerySet:
        """The events that match."""
        chosen = self.chosen
        for name in ("program", "key", "type"):
            if name in chosen:
                events = events.filter(**{name: chosen[name]})
        if "mode" in chosen:
            events = events.filter(is_test=chosen["mode"] == "test")
        if "q" in chosen:
            events = events.filter(_named(chosen["q"].strip()))
        if status := chosen.get("status"):
            events = events.filter(_with_status(status))
        if problem := chosen.get("problem"):
            events = events.filter(Q(problem=problem) | _has(problem=problem))
        if rule := chosen.get("rule"):
            events = events.filter(_has(rule=rule))
        return events.filter(self.between("received_at"))


class RefusedFilter(PeriodForm):
    code = forms.ChoiceField(label=gettext_lazy("Problem"), required=False)
    field_order = ("program", "code", "since", "until")

    def __init__(self, data: QueryDict, *, access: Access) -> None:
        super().__init__(data, access=access)
        code = cast(forms.ChoiceField, self.fields["code"])
        titles = [(code.value, meaning.title) for code, meaning in MEANINGS.items()]
        code.choices = [("", _("All problems")), *titles]

    def condition(self) -> Q:
        """What a refused call must fulfil."""
        asked: dict[str, Any] = {
            name: self.chosen[name]
            for name in ("program", "code")
            if name in self.chosen
        }
        return Q(**asked) & self.between("minute")


def of_rewards(status: str) -> str:
    """The value of the field `status` that asks for events with such a reward."""
    return f"{_REWARD}{status}"


def _statuses() -> list[tuple[Any, Any]]:
    events = [(word.value, state.label) for word, state in EVENT_STATES.items()]
    rewards = [(of_rewards(word), state.label) for word, state in AWARD_STATES.items()]
    return [(_("The event"), events), (_("A reward of it"), rewards)]


def _with_status(status: str) -> Q:
    if status.startswith(_REWARD):
        return _has(status=status.removeprefix(_REWARD))
    return Q(status=status)


def _named(words: str) -> Q:
    """By the caller's id, or by that of a reward it made."""
    named = Q(event_id=words)
    if words.startswith(_REWARD_ID):
        try:
            public_id = uuid.UUID(words.removeprefix(_REWARD_ID))
        except ValueError:
            return named
        named |= _has(public_id=public_id)
    return named


def _has(**wanted: object) -> Q:
    return Q(Exists(Award.objects.filter(event=OuterRef("pk"), **wanted)))
