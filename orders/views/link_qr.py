"""The links of a batch as codes on paper: the answer to the form is the print page."""

from typing import Final
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from orders.claims import exporting, handing, qr_codes
from orders.forms.link_export import PrintForm, last_number
from orders.models import Handout, LinkBatch
from orders.views import link_choice
from orders.views.link_reach import batch_of, may_see_recipients
from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number

_TEMPLATE: Final = "orders/links_qr.html"
# What stands on a label beside the code itself.
_COLUMNS: Final = ("code", "link")


@requires(Permission.LINKS_HAND_OUT)
@require_http_methods(["GET", "POST"])
def links_qr(request: StaffRequest, reference: str) -> HttpResponseBase:
    """Choose a sheet and print it from the browser; the journal notes which codes."""
    return _print(request, batch_of(request, reference, Permission.LINKS_HAND_OUT))


@step_up
def _print(request: StaffRequest, batch: LinkBatch) -> HttpResponseBase:
    sees = may_see_recipients(request, batch)
    if request.method == "GET":
        typed, initial = typed_before(request), _initial(request, batch)
        form = PrintForm(typed, batch=batch, may_see_recipients=sees, initial=initial)
        return render(request, _TEMPLATE, link_choice.page(request, form))
    form = PrintForm(request.POST, batch=batch, may_see_recipients=sees)
    if form.is_valid():
        try:
            return _sheet(request, form)
        except handing.NothingToHandOut:
            form.add_error(None, link_choice.nothing_left())
    return invalid(request, _TEMPLATE, link_choice.page(request, form))


def _sheet(request: StaffRequest, form: PrintForm) -> HttpResponseBase:
    handout = handing.hand_out(
        form.batch,
        form.claims(),
        kind=Handout.Kind.QR,
        columns=[*_COLUMNS, *exporting.always(form.batch)[1:]],
        actor=request.actor,
    )
    facts = exporting.facts(form.batch)
    labels = [
        {
            "name": claim.code,
            "code": qr_codes.drawn(exporting.address(facts, secret)),
            "answer": "" if facts.is_ours else secret.answer,
        }
        for claim, secret in exporting.opened(handout, "code")
    ]
    layout, paper = form.cleaned_data["layout"], form.cleaned_data["paper"]
    next_ones = {**form.chosen(), "first": form.cleaned_data["last"] + 1}
    context = {
        "batch": form.batch,
        "facts": facts,
        "count": len(labels),
        "sheet": f"sheet sheet-{layout} paper-{paper}",
        "pages": [labels[at : at + layout] for at in range(0, len(labels), layout)],
        "rest": form.rest().count(),
        "rest_query": urlencode(next_ones),
    }
    return render(request, "orders/links_qr_sheet.html", context)


def _initial(request: StaffRequest, batch: LinkBatch) -> dict[str, object]:
    """From the number the address names, or the first, as many as one print holds."""
    chosen = link_choice.named(request, batch)
    first = whole_number(request.GET.get("first", "")) or 1
    last = last_number(chosen.claims(), first)
    return {**chosen.chosen(), "first": first, "last": last}
