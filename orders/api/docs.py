"""The page that people read before they call: all of it comes from the OpenAPI."""

from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from orders.api import described, reading
from orders.triggers.problems import MEANINGS
from portal.permissions import public
from portal.web import limits
from portal.web.http import Request

# Shells of pages: with the menu for whoever is signed in.
_LAYOUTS: Final = {True: "base.html", False: "public.html"}
_OTHERS: Final = (
    (
        "condition-failed",
        _("The attribute is not as the rule's condition asks."),
    ),
    ("attribute-missing", _("The event does not have this attribute.")),
    ("not-comparable", _("The attribute is neither a number nor a day.")),
    ("rule-paused", _("The rule is paused.")),
    ("before-start", _("The event was before the rule's first day.")),
    ("after-end", _("The event was after the rule's last day.")),
)


# What a problem's “type” leads to, so whoever gets one may read it.
@public
@require_safe
def api_docs(request: Request) -> HttpResponse:
    """Every call, field, limit and problem."""
    context = {
        "layout": _LAYOUTS[request.user.is_authenticated],
        "calls": described.calls(),
        "objects": described.objects(),
        "problems": [
            {
                "code": code.value,
                "status": f"{meaning.status} {HTTPStatus(meaning.status).phrase}",
                "meaning": meaning,
            }
            for code, meaning in MEANINGS.items()
        ],
        "findings": _OTHERS,
        "base": f"{settings.SITE_URL}/api/v1",
        "most_kilobytes": reading.MOST_BYTES // 1024,
        "most_days": settings.EVENT_MOST_DAYS,
        "ahead": settings.EVENT_AHEAD_SECONDS,
        "seconds": limits.SECONDS,
    }
    return render(request, "orders/api_docs.html", context)
