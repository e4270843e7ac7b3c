"""How a checked list stands: what every page and every correction shows anew."""

from collections.abc import Mapping
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.web.http import StaffRequest
from programs.models import Sheet
from programs.sheets import overview

PROBLEMS: Final = "problems"
# Name in the address -> words, and which of the counts.
_TABS: Final[Mapping[str, tuple[str | Promise, str]]] = {
    "all": (gettext_lazy("All"), "all"),
    "ready": (gettext_lazy("Ready"), "ready"),
    PROBLEMS: (gettext_lazy("Problems"), "problem"),
    "warnings": (gettext_lazy("Warnings"), "warning"),
    "excluded": (gettext_lazy("Left out"), "excluded"),
    "taken": (gettext_lazy("Used"), "taken"),
}


def reachable(request: StaffRequest) -> QuerySet[Sheet]:
    """The lists this person may work on, with their programs."""
    return Sheet.objects.reachable(request.access).select_related("program")


def shown_of(query: QueryDict, *, due: str = PROBLEMS) -> str:
    """Which rows are looked at; for what is none of the tabs, those that are due."""
    show = query.get("show", due)
    return show if show in _TABS else due


def standing(
    sheet: Sheet, counts: overview.Counts, *, show: str, kind: str = ""
) -> dict[str, object]:
    """Counts, kinds of problems, and the way on with what is ready."""
    is_sending = sheet.purpose == Sheet.Purpose.REWARDS
    groups = overview.groups(sheet)
    rows_url = reverse("programs:sheet_rows", args=[sheet.pk])
    return {
        "sheet": sheet,
        "counts": counts,
        "show": show,
        "kind": kind,
        "tabs": _tabs(counts, rows_url, "" if kind else show),
        "groups": groups,
        "sent_before": overview.sent_sentence(sheet)
        if any(group.kind == "sent_before" for group in groups)
        else "",
        "rows_url": rows_url,
        "staying": _staying(counts),
        # `orders` stands above this package: its pages are known by name alone.
        "continue_url": reverse(
            "orders:bulk_begin" if is_sending else "programs:sheet_add", args=[sheet.pk]
        ),
        "continue_label": _continue_label(counts.ready, is_sending=is_sending),
    }


def _tabs(counts: overview.Counts, url: str, current: str) -> list[dict[str, object]]:
    """The counts as links; none to rows there are none of."""
    return [
        {
            "label": label,
            "url": f"{url}?show={name}",
            "is_current": name == current,
            "count": intcomma(count),
        }
        for name, (label, attribute) in _TABS.items()
        if (count := getattr(counts, attribute)) or name in (current, PROBLEMS)
    ]


def _staying(counts: overview.Counts) -> str:
    """What becomes of the rows that cannot go on."""
    if not counts.ready:
        return _("No row is ready. Correct some, or upload another list.")
    if not counts.problem:
        return _("All rows that take part are ready.")
    text = ngettext(
        "%(n)s row stays here as a draft.",
        "%(n)s rows stay here as a draft.",
        counts.problem,
    )
    return text % {"n": intcomma(counts.problem)}


def _continue_label(ready: int, *, is_sending: bool) -> str:
    if is_sending:
        text = ngettext("Continue with %(n)s row", "Continue with %(n)s rows", ready)
    else:
        text = ngettext("Add %(n)s person", "Add %(n)s people", ready)
    return text % {"n": intcomma(ready)}
