"""One batch of links: how far they came, who took them, and the list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from orders.claims import finding, funnel, keeping
from orders.claims.funnel import Funnel
from orders.forms.claims import ClaimFilter
from orders.models import Claim, HandedOut, Handout, LinkBatch, Order
from orders.states import CLAIM_STATES, ClaimStatus, OrderStatus
from orders.views.link_reach import batch_of, may_see_recipients
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial, see_other

_TEMPLATE: Final = "orders/links_detail.html"
_MOST_HANDOUTS: Final = 10
_VARIANTS: Final = {"links_export": "", "links_void": "danger"}
_TAKING: Final = ("links_export", "links_qr")
# While the order is in one of these, links may still come.
_FILLING: Final = frozenset(
    {OrderStatus.APPROVED, OrderStatus.PLACING, OrderStatus.NEEDS_ATTENTION}
)


@dataclass(frozen=True, slots=True)
class Row:
    """A link, and the last handout it was in."""

    claim: Claim
    handout: Handout | None


@requires(Permission.ORDERS_VIEW)
@require_safe
def links_detail(request: StaffRequest, reference: str) -> HttpResponse:
    """The batch; the part that fills is asked for again by htmx, until it is full."""
    batch = batch_of(request, reference, Permission.ORDERS_VIEW)
    found = funnel.of(batch)
    page = _page(request, batch, found)
    if request.htmx and "seen" in request.GET:
        if request.GET["seen"] == page["seen"]:
            return HttpResponse(status=204)
        if not page["is_filling"]:
            return HttpResponseClientRefresh()
        return render(request, f"{_TEMPLATE}#batch", page)
    return render(
        request,
        partial(request, _TEMPLATE, "rows"),
        {**page, **_list(request, batch)},
    )


@requires(Permission.ORDERS_VIEW)
@require_POST
def links_find(request: StaffRequest, reference: str) -> HttpResponse:
    """Look for links by words, or for the one a pasted link leads to.

    Posted, because what was pasted may be a link: it must not end in an address.
    """
    batch = batch_of(request, reference, Permission.ORDERS_VIEW)
    text = request.POST.get("find", "").strip()
    url = reverse("orders:links_detail", args=[reference])
    if not finding.is_secret(text):
        return see_other(request, f"{url}?{urlencode({'q': text})}" if text else url)
    claim = _linked(request, batch, text)
    if claim is None:
        messages.error(request, _("No link you may see is this one. Paste all of it."))
        return see_other(request, url)
    if claim.batch_id != batch.pk:
        messages.info(request, _("This link belongs to another batch."))
    return see_other(
        request,
        "orders:link_detail",
        reference=claim.batch.order.reference,
        code=claim.code,
    )


def _linked(request: StaffRequest, batch: LinkBatch, text: str) -> Claim | None:
    """The link this leads to: in this batch, or else in any the person may see."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_VIEW)
    claims = Claim.objects.select_related("batch__order")
    return finding.by_link(text, claims.filter(batch=batch)) or finding.by_link(
        text, claims.filter(batch__order__in=orders)
    )


def _page(request: StaffRequest, batch: LinkBatch, found: Funnel) -> dict[str, Any]:
    order = batch.order
    is_filling = order.status in _FILLING and found.good < batch.quantity
    return {
        "batch": batch,
        "order": order,
        "funnel": found,
        "stages": funnel.stages(batch, found),
        "figures": _figures(batch, found),
        "acts": _acts(request, batch, found),
        "is_filling": is_filling,
        "seen": f"{order.version} {found.created} {found.needs_attention}",
        "is_portal": batch.way == LinkBatch.Way.PORTAL,
    }


def _list(request: StaffRequest, batch: LinkBatch) -> dict[str, Any]:
    """The links that are looked for, a page of them, and the latest handouts."""
    sees_recipients = may_see_recipients(request, batch)
    form = ClaimFilter(request.GET, may_see_recipients=sees_recipients)
    people = batch.claims.select_related("recipient__merged_into")
    claims = people.defer("secret_ciphertext")
    page = paging.keyset(form.apply(claims), request.GET, order=("id",))
    handouts = batch.handouts.select_related("made_by").order_by("-pk")
    return {
        "form": form,
        "page": page,
        "rows": _rows(page.rows),
        "columns": _columns(batch),
        "chips": _chips(request, form),
        "is_filtered": any(form.cleaned_data.values()),
        "may_see_recipients": sees_recipients,
        "handouts": list(handouts[:_MOST_HANDOUTS]),
        "most_handouts": _MOST_HANDOUTS,
    }


def _rows(claims: Sequence[Claim]) -> list[Row]:
    """With each link its last handout; two queries for all."""
    pairs = HandedOut.objects.filter(claim__in=[claim.pk for claim in claims])
    last = dict(pairs.values_list("claim").annotate(last=Max("handout")).order_by())
    handouts = Handout.objects.in_bulk(set(last.values()))
    return [Row(claim, handouts.get(last.get(claim.pk, 0))) for claim in claims]


def _figures(batch: LinkBatch, found: Funnel) -> list[dict[str, object]]:
    """Links that no longer go their way, each figure leading to them."""
    url = reverse("orders:links_detail", args=[batch.order.reference])
    counts = {
        ClaimStatus.VOID: found.void,
        ClaimStatus.EXPIRED: found.expired,
        ClaimStatus.NEEDS_ATTENTION: found.needs_attention,
    }
    return [
        {
            "label": CLAIM_STATES[status].label,
            "value": intcomma(count),
            "url": f"{url}?{urlencode({'status': status.value})}#rows",
            "tone": "warn" if status is ClaimStatus.NEEDS_ATTENTION else "",
        }
        for status, count in counts.items()
        if count
    ]


def _acts(
    request: StaffRequest, batch: LinkBatch, found: Funnel
) -> list[Mapping[str, str]]:
    """What the person may do with the links as they are, as buttons."""
    program = batch.order.program
    takes_out = request.access.allows(Permission.LINKS_HAND_OUT, program.pk)
    manages = request.access.allows(Permission.LINKS_MANAGE, program.pk)
    may_mail = program.mails_links and batch.way == LinkBatch.Way.PORTAL
    acts = (
        ("links_export", _("Export"), takes_out and found.leaving > 0),
        ("links_qr", _("QR sheet"), takes_out and found.leaving > 0),
        ("links_assign", _("Assign"), manages and found.open > 0),
        ("links_mail", _("Mail"), takes_out and may_mail and found.assigned > 0),
        ("links_extend", _("Extend"), manages and keeping.may_extend(batch)),
        ("links_void", _("Void unclaimed"), manages and found.open > 0),
    )
    return [
        {
            "label": label,
            "url": _with_filter(request, name, batch),
            "variant": _VARIANTS.get(name, "secondary"),
        }
        for name, label, may in acts
        if may and (found.created or name == "links_extend")
    ]


def _with_filter(request: StaffRequest, name: str, batch: LinkBatch) -> str:
    """The act's page; what takes links out takes those that are listed here."""
    url = reverse(f"orders:{name}", args=[batch.order.reference])
    listed = {
        key: request.GET[key] for key in ClaimFilter.base_fields if request.GET.get(key)
    }
    return f"{url}?{urlencode(listed)}" if listed and name in _TAKING else url


def _chips(request: StaffRequest, form: ClaimFilter) -> list[dict[str, str]]:
    """The filters without a field on the page."""
    words = {
        "q": _("Search: %(words)s") % {"words": form.cleaned_data.get("q", "")},
        "handout": _("In one handout"),
    }
    chips = []
    for name, label in words.items():
        if form.cleaned_data.get(name):
            rest = request.GET.copy()
            for gone in (name, "after", "before"):
                rest.pop(gone, None)
            url = f"{request.path}?{rest.urlencode()}"
            chips.append({"label": label, "remove_url": url})
    return chips


def _columns(batch: LinkBatch) -> list[dict[str, object]]:
    """The headings over templates/orders/_claim_row.html."""
    opened: list[dict[str, object]] = [{"label": _("First opened")}]
    return [
        {"label": _("Link")},
        {"label": _("Number"), "numeric": True},
        {"label": _("Status")},
        {"label": _("Recipient")},
        *(opened if batch.way == LinkBatch.Way.PORTAL else []),
        {"label": _("Claimed")},
        {"label": _("Last handed out")},
    ]
