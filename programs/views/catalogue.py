"""What the provider sells: the list, one product, and reading it anew."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, partial, see_other
from programs import catalogue, freshness, sentences
from programs.forms.filters import ProductFilter
from programs.models import Product
from programs.sanitize import clean
from programs.states import OFFERED, RETIRED, State


@dataclass(frozen=True, slots=True)
class _Listed:
    """A product in words."""

    product: Product
    state: State
    values: str
    discount: str


@requires(Permission.CATALOGUE_VIEW)
@require_safe
def product_list(request: StaffRequest) -> HttpResponse:
    """Products by name, and how fresh they are."""
    form = ProductFilter(request.GET)
    products = form.narrow(Product.objects.defer("raw", "terms", "long_description"))
    page = paging.keyset(products, request.GET, order=("name", "id"))
    context = {
        "form": form,
        "is_filtered": any(form.cleaned_data.values()),
        "page": page,
        "rows": [_listed(product) for product in page.rows],
        "freshness": freshness.state(),
        "can_refresh": request.access.anywhere(Permission.CATALOGUE_REFRESH),
    }
    template = partial(request, "programs/product_list.html", "rows")
    return render(request, template, context)


@requires(Permission.CATALOGUE_VIEW)
@require_safe
def product_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """What a card costs, how it is delivered, and the provider's own words."""
    product = get_object_or_404(Product, pk=pk)
    context: dict[str, object] = {
        "product": product,
        "state": _state(product),
        "values": sentences.values(product),
        "discount": sentences.discount(product),
        "delivery_types": sentences.delivery_types(product),
        "description": clean(product.long_description or product.short_description),
        "texts": _texts(product),
    }
    if product.values:
        context |= _example(product)
    return render(request, "programs/product_detail.html", context)


@requires(Permission.CATALOGUE_REFRESH)
@require_POST
def product_refresh(request: StaffRequest) -> HttpResponse:
    """Have the catalogue read anew."""
    catalogue.request_refresh(actor=request.actor)
    messages.success(request, _("The catalogue is being read."))
    return see_other(request, "programs:product_list")


@requires(Permission.CATALOGUE_VIEW)
@require_safe
def product_status(request: StaffRequest) -> HttpResponse:
    """How the reading goes: a page, and the part of the list that htmx asks for."""
    template = partial(request, "programs/product_status.html", "status")
    context = {
        "freshness": freshness.state(),
        "can_refresh": request.access.anywhere(Permission.CATALOGUE_REFRESH),
    }
    return render(request, template, context)


def _state(product: Product) -> State:
    return OFFERED if product.retired_at is None else RETIRED


def _listed(product: Product) -> _Listed:
    return _Listed(
        product,
        _state(product),
        sentences.values(product),
        sentences.discount(product),
    )


def _example(product: Product) -> dict[str, object]:
    """What the smallest card costs, worked out."""
    quote = catalogue.quote(product, product.values[0], 1)
    lines = [
        {"label": _("Value of the card"), "amount": quote.face},
        {"label": _("Fee"), "amount": quote.fee},
        {"label": _("Discount"), "amount": quote.discount * -1},
    ]
    return {"quote": quote, "cost_lines": lines}


def _texts(product: Product) -> list[tuple[str, SafeString]]:
    texts = [
        (_("Terms"), product.terms),
        (_("Disclaimer"), product.disclaimer),
        (_("How to redeem it"), product.redemption_note),
    ]
    return [(title, clean(text)) for title, text in texts if text]
