"""What the campaign report is about."""

from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from orders.forms.periods import PeriodForm
from portal.permissions import Access, Permission
from programs.models import Program

_DAYS: Final = 30


class ReportForm(PeriodForm):
    """The last 30 days of every program, unless told otherwise."""

    def __init__(self, data: QueryDict, *, access: Access) -> None:
        chosen = data.copy()
        if "since" not in chosen:
            day = timezone.localdate() - timedelta(days=_DAYS)
            chosen["since"] = day.isoformat()
        super().__init__(chosen, access=access)
        self._access = access
        self.query = chosen.urlencode()

    @property
    def programs(self) -> QuerySet[Program]:
        """The one chosen, else all this person may see."""
        found = Program.objects.reachable(self._access, Permission.EVENTS_VIEW)
        program = self.chosen.get("program")
        return (found.filter(pk=program.pk) if program else found).order_by("name")

    @property
    def period(self) -> Q:
        """A condition on events."""
        return self.between("received_at")
