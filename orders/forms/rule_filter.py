"""What the list of rules can be narrowed to."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from orders.award_states import RULE_STATES, VERSION_STATES, VersionStatus
from orders.models import Rule
from portal.permissions import Access, Permission
from programs.models import Program

_WAITING = VersionStatus.SUBMITTED.value


class RuleFilter(forms.Form):
    """A filter that makes no sense is left out."""

    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[
            ("", gettext_lazy("All statuses")),
            (_WAITING, VERSION_STATES[VersionStatus.SUBMITTED].label),
            *((word.value, state.label) for word, state in RULE_STATES.items()),
        ],
    )
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=gettext_lazy("Program"),
        required=False,
        empty_label=gettext_lazy("All programs"),
    )

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        program = self.fields["program"]
        assert isinstance(program, forms.ModelChoiceField)  # noqa: S101  (see above)
        reachable = Program.objects.reachable(access, Permission.RULES_VIEW)
        program.queryset = reachable.order_by("name")

    def apply(self, rules: QuerySet[Rule]) -> QuerySet[Rule]:
        """The rules that match."""
        if not self.is_valid():
            return rules
        if program := self.cleaned_data["program"]:
            rules = rules.filter(program=program)
        status = self.cleaned_data["status"]
        if status == _WAITING:
            # One version at a time is open, so no rule comes twice.
            return rules.filter(versions__status=status)
        return rules.filter(status=status) if status else rules
