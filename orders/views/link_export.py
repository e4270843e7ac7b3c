"""The links of a batch as a file."""

from typing import Final

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from orders.claims import exporting, handing
from orders.forms.link_export import ExportForm
from orders.models import LinkBatch
from orders.views import link_choice
from orders.views.downloads import download
from orders.views.link_reach import batch_of, may_see_recipients
from portal.accounts.views.step_up import step_up
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid
from portal.web.interrupted import typed_before

_TEMPLATE: Final = "orders/links_export.html"
_MOST_LETTERS: Final = 50


@requires(Permission.LINKS_HAND_OUT)
@require_http_methods(["GET", "POST"])
def links_export(request: StaffRequest, reference: str) -> HttpResponseBase:
    """Choose columns and take a file, as often as needed; the journal notes each."""
    return _export(request, batch_of(request, reference, Permission.LINKS_HAND_OUT))


@step_up
def _export(request: StaffRequest, batch: LinkBatch) -> HttpResponseBase:
    sees = may_see_recipients(request, batch)
    if request.method == "GET":
        typed, chosen = typed_before(request), link_choice.named(request, batch)
        form = ExportForm(
            typed, batch=batch, may_see_recipients=sees, initial=chosen.chosen()
        )
        return render(request, _TEMPLATE, link_choice.page(request, form))
    form = ExportForm(request.POST, batch=batch, may_see_recipients=sees)
    if form.is_valid():
        try:
            return _file(request, form)
        except handing.NothingToHandOut:
            form.add_error(None, link_choice.nothing_left())
    return invalid(request, _TEMPLATE, link_choice.page(request, form))


def _file(request: StaffRequest, form: ExportForm) -> HttpResponseBase:
    handout = handing.hand_out(
        form.batch,
        form.claims(),
        kind=form.cleaned_data["kind"],
        columns=form.chosen_columns,
        actor=request.actor,
    )
    about = slugify(form.batch.label)[:_MOST_LETTERS].strip("-") or "links"
    name = f"{about}-{form.batch.order.reference}.{handout.kind}"
    return download(
        name, exporting.names(handout), exporting.rows(handout), is_secret=True
    )
