"""Batches of claim links: the list of them, and the form of one."""

import uuid
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from orders import batches, preview
from orders.forms.filters import LinkFilter
from orders.forms.links import LinksForm
from orders.links import drafting as links_drafting
from orders.links import overview
from orders.models import Order
from orders.views import drafting, prefill
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial
from programs.models import Program


@requires(Permission.ORDERS_VIEW)
@require_safe
def links_list(request: StaffRequest) -> HttpResponse:
    """Every batch the person may see, newest first, with how much of it is claimed."""
    form = LinkFilter(request.GET, access=request.access)
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    found = form.apply(orders.of_shape(Order.Shape.LINKS))
    page = paging.keyset(
        found.select_related("program", "links"),
        request.GET,
        order=("-created_at", "-id"),
    )
    context = {
        "form": form,
        "page": page,
        "rows": overview.lines(page.rows),
        "columns": _columns(),
        "is_filtered": any(form.data.get(name) for name in form.fields),
        "may_send": request.access.anywhere(Permission.ORDERS_CREATE),
    }
    return render(request, partial(request, "orders/links_list.html", "rows"), context)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def links_create(request: StaffRequest) -> HttpResponse:
    """A new draft of a batch."""
    return drafting.create(request, _KIND)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def links_edit(request: StaffRequest, reference: str) -> HttpResponse:
    """Change a draft of a batch."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    links = orders.of_shape(Order.Shape.LINKS)
    return drafting.edit(request, _KIND, get_object_or_404(links, reference=reference))


def _columns() -> list[dict[str, object]]:
    """The headings over templates/orders/_link_batch_row.html."""
    return [
        {"label": _("Batch")},
        {"label": _("Program")},
        {"label": _("Links")},
        {"label": _("Status")},
        {"label": _("Created"), "numeric": True},
        {"label": _("Claimed"), "numeric": True},
        {"label": _("Made")},
    ]


def _words(program: Program) -> dict[str, Any]:
    """What a program says on the claim page, and a label to find the batch by."""
    today = date_format(timezone.localdate(), "j M Y")
    return {
        "from_name": program.from_name,
        "message": program.message,
        "label": f"{program.name[:80]}, {today}",
    }


def _fresh(request: StaffRequest) -> dict[str, Any]:
    """What a new batch starts with: the program's defaults, or the last one again."""
    initial: dict[str, Any] = {"form_key": uuid.uuid4()}
    if again := prefill.again(request, Order.Type.LINKS):
        apart = ("form_key", "version", "po_number", "note", "expires_on")
        return initial | {n: v for n, v in _stored(again).items() if n not in apart}
    program = prefill.program(request, LinksForm.programs(request.access))
    if program is not None:
        initial |= {"program": program.pk, **_words(program)}
        if last := prefill.usual(request, program, Order.Type.LINKS):
            stored = _stored(last)
            initial |= {name: stored[name] for name in ("product", "value", "way")}
    return initial


def _stored(order: Order) -> dict[str, Any]:
    wish = batches.wish_of(order)
    return {
        "form_key": order.form_key,
        "version": order.version,
        "program": wish.program.pk,
        "product": wish.product.pk,
        "value": Money(wish.value, order.currency),
        **{name: getattr(wish, name) for name in LinksForm.field_order[3:]},
    }


_KIND: Final = drafting.Kind(
    form=LinksForm,
    template="orders/links_form.html",
    about={
        "new_title": gettext_lazy("Create claim links"),
        "new_lead": gettext_lazy("Gift cards as links, to hand out your own way."),
        "problem": gettext_lazy("No active program gives claim links"),
        "remedy": gettext_lazy(
            "An administrator can add them to a program, under Ways to deliver."
        ),
    },
    fresh=_fresh,
    stored=_stored,
    words=_words,
    preview=preview.of_links_form,
    page=lambda form: {},
    create=lambda form, actor: links_drafting.create(
        form.wish, actor=actor, form_key=form.cleaned_data["form_key"]
    ),
    edit=lambda order, form, version, actor: links_drafting.edit(
        order, form.wish, version=version, actor=actor
    ),
)
