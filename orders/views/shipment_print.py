"""Packing slips and addresses on paper: the answer to the form is the print page."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.forms import shipments
from orders.forms.shipment_print import AddressListForm, SlipForm
from orders.models import Order, Shipment
from orders.models.shipment import ShipmentQuerySet
from orders.shipments import printing
from orders.shipments.label_sizes import STOCKS, size_for
from orders.shipments.printing import Kind, Printed
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid

_SLIPS: Final = "orders/shipments_print.html"
_ADDRESSES: Final = "orders/shipments_addresses.html"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The parcels an address names, and the page they were chosen on."""

    parcels: ShipmentQuerySet
    back_url: str
    back_label: str
    # It has a place for them, and nothing stands there.
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    printed: Printed
    size: str


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
def shipments_print(request: StaffRequest) -> HttpResponse:
    """Choose a paper and print packing slips; the journal notes of which parcels."""
    chosen, is_sent = _chosen(request), request.method == "POST"
    form = SlipForm(request.POST if is_sent else None)
    if not is_sent:
        return render(request, _SLIPS, _page(request, chosen, form))
    if not form.is_valid() or (slips := _take(request, chosen, form)) is None:
        return invalid(request, _SLIPS, _page(request, chosen, form))
    context = {
        "slips": slips,
        "paper": form.cleaned_data["paper"],
        "with_value": form.cleaned_data["with_value"],
    }
    return render(request, "orders/shipments_print_sheet.html", context)


@requires(Permission.SHIPMENTS_MANAGE)
@require_http_methods(["GET", "POST"])
def shipments_addresses(request: StaffRequest) -> HttpResponse:
    """The same for addresses alone: on labels, or in a list."""
    chosen, is_sent = _chosen(request), request.method == "POST"
    form = AddressListForm(request.POST if is_sent else None)
    if not is_sent:
        return render(request, _ADDRESSES, _page(request, chosen, form))
    if not form.is_valid() or (found := _take(request, chosen, form)) is None:
        return invalid(request, _ADDRESSES, _page(request, chosen, form))
    paper = form.cleaned_data["paper"]
    pages, rest = _labels(found, paper) if form.kind is Kind.LABELS else ([], found)
    context = {
        "count": len(found),
        "paper": paper,
        "pages": pages,
        "rest": rest,
        "is_list": form.kind is Kind.TABLE,
    }
    return render(request, "orders/shipments_addresses_sheet.html", context)


def _chosen(request: StaffRequest) -> _Chosen:
    """By their ids, by their order, or as the list of parcels filters them."""
    reachable = Shipment.objects.reachable(request.access, Permission.SHIPMENTS_MANAGE)
    if reference := request.GET.get("order", ""):
        if not reference.isprintable():
            raise Http404  # PostgreSQL raises on a NUL instead of finding nothing.
        orders = Order.objects.reachable(request.access, Permission.SHIPMENTS_MANAGE)
        order = get_object_or_404(orders, reference=reference)
        return _Chosen(
            reachable.filter(reward__order=order),
            reverse("orders:order_detail", args=[order.reference]),
            order.po_number,
        )
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return _Chosen(
        shipments.chosen(request.GET, reachable, access=request.access),
        reverse("orders:shipment_list") + query,
        _("Shipments"),
        is_none=shipments.ids_in(request.GET) == set(),
    )


def _page(
    request: StaffRequest, chosen: _Chosen, form: SlipForm | AddressListForm
) -> dict[str, object]:
    """What both forms show: the choice, and how many of it are printed."""
    count = printing.printable(chosen.parcels).count()
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    here = request.resolver_match.url_name if request.resolver_match else ""
    return {
        "form": form,
        "chosen": chosen,
        "count": count,
        "left_out": chosen.parcels.count() - count,
        "most": printing.MOST,
        "tabs": [
            {
                "label": label,
                "url": reverse(f"orders:{name}") + query,
                "is_current": name == here,
            }
            for name, label in (
                ("shipments_print", _("Packing slips")),
                ("shipments_addresses", _("Address list")),
            )
        ],
    }


def _take(
    request: StaffRequest, chosen: _Chosen, form: SlipForm | AddressListForm
) -> list[Printed] | None:
    """What is to be printed; None, with the reason in the form, where nothing is."""
    try:
        return printing.take_out(chosen.parcels, kind=form.kind, actor=request.actor)
    except printing.NothingToPrint:
        said = _("None of these parcels can be printed. Choose others.")
        form.add_error(None, _("No parcel is chosen.") if chosen.is_none else said)
    except printing.TooMany:
        form.add_error(
            None,
            _("These are more than %(most)s parcels. Choose fewer, page by page.")
            % {"most": printing.MOST},
        )
    return None


def _labels(
    found: list[Printed], paper: str
) -> tuple[list[list[_Label]], list[Printed]]:
    """Pages of labels, and what is too long for one."""
    stock = STOCKS[paper]
    labels = [_Label(each, size_for(each.lines, stock)) for each in found]
    fit = [label for label in labels if label.size]
    per_page = stock.per_page
    pages = [fit[at : at + per_page] for at in range(0, len(fit), per_page)]
    return pages, [label.printed for label in labels if not label.size]
