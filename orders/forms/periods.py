"""What the pages of what other systems trigger are narrowed by: a program, and days."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from portal.permissions import Access, Permission
from programs.models import Program

# Days whose midnight is a time in every zone.
_DAYS: Final = [
    MinValueValidator(date(2000, 1, 1)),
    MaxValueValidator(date(2100, 1, 1)),
]


class PeriodForm(forms.Form):
    """A filter that makes no sense is left out.

    The dates are not called after and before: those two name the pages' cursors.
    """

    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=gettext_lazy("Program"),
        required=False,
        empty_label=gettext_lazy("All programs"),
    )
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        validators=_DAYS,
        widget=forms.DateInput({"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("To"),
        required=False,
        validators=_DAYS,
        widget=forms.DateInput({"type": "date"}),
    )

    def __init__(self, data: QueryDict, *, access: Access) -> None:
        super().__init__(data)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        reachable = Program.objects.reachable(access, Permission.EVENTS_VIEW)
        program.queryset = reachable.order_by("name")

    @property
    def chosen(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    def between(self, field: str) -> Q:
        """Moments in `field` within the days chosen, in the reader's own zone."""
        since, until = self.chosen.get("since"), self.chosen.get("until")
        found = Q(**{f"{field}__gte": _midnight(since)}) if since else Q()
        if until:
            found &= Q(**{f"{field}__lt": _midnight(until + timedelta(days=1))})
        return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
