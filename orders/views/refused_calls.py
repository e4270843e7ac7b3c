"""Calls that were not taken in, by kind and minute, with what their callers can do."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.forms.events import RefusedFilter
from orders.models import RefusedCall
from orders.triggers import telling
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial

_TEMPLATE: Final = "orders/refused_call_list.html"


@requires(Permission.EVENTS_VIEW)
@require_safe
def refused_call_list(request: StaffRequest) -> HttpResponse:
    """Newest first; without a key that we know only for who sees every program."""
    form = RefusedFilter(request.GET, access=request.access)
    calls = RefusedCall.objects.reachable(request.access, Permission.EVENTS_VIEW)
    found = calls.filter(form.condition()).select_related("program", "key")
    page = paging.keyset(found, request.GET, order=("-id",))
    context = {
        "form": form,
        "page": page,
        "rows": [(call, telling.meaning_of(call.code)) for call in page.rows],
        "is_filtered": form.is_filtered,
        "columns": [
            {"label": _("Problem")},
            {"label": _("Call")},
            {"label": _("Source")},
            {"label": _("Times"), "numeric": True},
            {"label": _("When")},
        ],
    }
    return render(request, partial(request, _TEMPLATE, "rows"), context)
