"""The journal's pages."""

import json

from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.audit import journal
from portal.audit.filters import condition_of
from portal.audit.forms import EntryFilter
from portal.audit.models import Entry, EntryQuerySet
from portal.audit.reading import read
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial

# The entries of one request are written within moments of each other, so the primary
# key finds them without an index on the request.
_GROUP_REACH = 500


@requires(Permission.JOURNAL_VIEW)
@require_safe
def entry_list(request: StaffRequest) -> HttpResponse:
    """Every act this person may read of, newest first."""
    form = EntryFilter(request.GET)
    form.is_valid()
    found = Entry.objects.reachable(request.access).filter(
        condition_of(form.cleaned_data)
    )
    page = paging.keyset(found, request.GET, order=("-sequence",))
    chips = _chips(request.GET, form)
    context = {
        "form": form,
        "page": page,
        "lines": read(page.rows),
        "chips": chips,
        "clear_url": request.path if chips else "",
        "columns": [
            {"label": _("What happened")},
            {"label": _("When")},
            {"label": _("Who")},
            {"label": _("To what")},
            {"label": _("Program")},
            {"label": _("Through")},
        ],
    }
    return render(request, partial(request, "audit/entry_list.html", "rows"), context)


@requires(Permission.JOURNAL_VIEW)
@require_safe
def entry_detail(request: StaffRequest, sequence: int) -> HttpResponse:
    """One act with its digests, and what else its request did."""
    reachable = Entry.objects.reachable(request.access)
    entry = get_object_or_404(reachable, sequence=sequence)
    beside = dict(
        reachable.filter(sequence__in=[sequence - 1, sequence + 1])
        .annotate(step=F("sequence") - sequence)
        .values_list("step", "sequence")
    )
    group = read(_same_request(reachable, entry))
    context = {
        "entry": entry,
        "line": next(line for line in group if line.entry.pk == entry.pk),
        "data": json.dumps(entry.data, indent=2, sort_keys=True, ensure_ascii=False),
        "is_sound": entry.digest == journal.digest_of(entry),
        "previous": beside.get(-1),
        "next": beside.get(1),
        "group": [line for line in group if line.entry.pk != entry.pk],
    }
    return render(request, "audit/entry_detail.html", context)


@requires(Permission.JOURNAL_VIEW)
@require_http_methods(["GET", "POST"])
def entry_verify(request: StaffRequest) -> HttpResponse:
    """Read the whole chain on request, and say what was found in a sentence."""
    verdict = journal.verify() if request.method == "POST" else None
    return render(request, "audit/entry_verify.html", {"verdict": verdict})


def _same_request(reachable: EntryQuerySet, entry: Entry) -> list[Entry]:
    if not entry.request_id:
        return [entry]
    near = (entry.sequence - _GROUP_REACH, entry.sequence + _GROUP_REACH)
    same = reachable.filter(request_id=entry.request_id, sequence__range=near)
    return list(same.order_by("sequence"))


def _chips(query: QueryDict, form: EntryFilter) -> list[dict[str, str]]:
    chips = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if not value:
            continue
        choices = dict(getattr(field.field, "choices", ()))
        rest = query.copy()
        for name in (field.name, "after", "before"):
            rest.pop(name, None)
        chips.append(
            {
                "label": f"{field.label}: {choices.get(value, value)}",
                "remove_url": f"?{rest.urlencode()}",
            }
        )
    return chips
