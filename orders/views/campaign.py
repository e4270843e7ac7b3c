"""The campaign report: what came of events, per rule and per source."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.forms.campaign import ReportForm
from orders.forms.events import of_rewards
from orders.triggers import reporting
from orders.triggers.reporting import Line, Report
from orders.views.downloads import download
from portal.permissions import Permission, requires
from portal.tabular.writing import Cell
from portal.web.http import StaffRequest, partial

_TEMPLATE: Final = "orders/campaign_report.html"
_COUNTED: Final = (
    reporting.WAITING,
    reporting.HELD,
    reporting.REFUSED,
    reporting.ENDED,
    reporting.REWARDED,
)


@requires(Permission.EVENTS_VIEW)
@require_safe
def campaign_report(request: StaffRequest) -> HttpResponse:
    """A table of rules and one of sources, with the sums above."""
    form = ReportForm(request.GET, access=request.access)
    found = reporting.report(form.programs, form.period)
    context = {
        "form": form,
        "figures": _figures(found, form),
        "tables": [
            (_("Rules"), "rule", found.rules),
            (_("Sources"), "key", found.sources),
        ],
        "is_empty": not found.rules and not found.sources,
        "query": f"?{form.query}",
        "may_export": request.access.anywhere(Permission.EVENTS_EXPORT),
    }
    return render(request, partial(request, _TEMPLATE, "report"), context)


@requires(Permission.EVENTS_EXPORT)
@require_safe
def campaign_file(request: StaffRequest) -> HttpResponseBase:
    """The same figures as CSV; they are about nobody, so the journal is left alone."""
    form = ReportForm(request.GET, access=request.access)
    found = reporting.report(form.programs, form.period)
    columns = [
        *(_("Kind"), _("Name"), _("Program"), _("Events"), _("Matched")),
        *(_("Waiting"), _("Held"), _("Refused"), _("Ended"), _("Rewarded")),
        *(_("Face value"), _("Cost"), _("Currency")),
    ]
    rows = [*_rows(_("Rule"), found.rules), *_rows(_("Source"), found.sources)]
    return download(f"report-{timezone.localdate():%Y-%m-%d}.csv", columns, rows)


def _rows(kind: str, lines: Sequence[Line]) -> Iterator[list[Cell]]:
    for line in lines:
        yield [
            *(kind, line.name, line.program.name, line.events, line.matched),
            *(line.counts.get(column, 0) for column in _COUNTED),
            *(line.face.amount, line.cost.amount, line.face.currency),
        ]


def _figures(found: Report, form: ReportForm) -> list[dict[str, object]]:
    """The sums, each leading to the events behind it."""
    url = reverse("orders:event_list")
    asked = {n: form.data[n] for n in ("program", "since", "until") if form.data.get(n)}
    held = urlencode({**asked, "mode": "live", "status": of_rewards("held")})
    refused = urlencode({**asked, "mode": "live", "status": of_rewards("refused")})
    live = urlencode({**asked, "mode": "live"})
    return [
        {"label": _("Events"), "value": intcomma(found.events), "url": f"{url}?{live}"},
        {"label": _("Matched"), "value": intcomma(found.matched)},
        {
            "label": _("Held"),
            "value": intcomma(found.total(reporting.HELD)),
            "url": f"{url}?{held}",
        },
        {
            "label": _("Refused"),
            "value": intcomma(found.total(reporting.REFUSED)),
            "url": f"{url}?{refused}",
        },
        {"label": _("Rewarded"), "value": intcomma(found.total(reporting.REWARDED))},
        {
            "label": _("Spent"),
            "value": ", ".join(str(money) for money in found.spent) or "–",
        },
    ]
