"""Making and editing one card in the post."""

import uuid
from typing import Any, Final, cast

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orders import postal, preview
from orders.forms.places import Start, Where, first_choice, is_same_person
from orders.forms.postal import PostalForm
from orders.models import Order
from orders.postal import PostalWish
from orders.shipments import drafting as parcel_drafting
from orders.views import drafting, prefill
from portal.money import Money
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest
from portal.web.templatetags.laurel import target
from programs import address_book
from programs.address_form import verifying
from programs.addresses.fields import Address
from programs.models import Program, Recipient


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def postal_create(request: StaffRequest) -> HttpResponse:
    """A new draft of one card in the post."""
    return drafting.create(request, _KIND)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def postal_edit(request: StaffRequest, reference: str) -> HttpResponse:
    """Change a draft of one card in the post."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    single = orders.filter(type=Order.Type.PHYSICAL, sheet=None)
    order = get_object_or_404(single, reference=reference)
    return drafting.edit(request, _KIND, order)


def _read(request: StaffRequest) -> QueryDict:
    """What was typed, with what the provider says of the address if it was asked."""
    typed = request.POST
    if not verifying.is_asked(typed):
        return typed
    among = PostalForm.programs(request.access).order_by("name")
    program = prefill.chosen(among, typed.get("program", "")) or among.first()
    if program is None:
        return typed
    told = verifying.answered(typed, name=None, about=program, actor=request.actor)
    return cast(QueryDict, told)


def _words(program: Program) -> dict[str, Any]:
    return {"from_name": program.from_name, "message": program.message}


def _fresh(request: StaffRequest) -> dict[str, Any]:
    """What a new card starts with: the program's defaults, or the last one again.

    Either for somebody on record, whose last address is marked if it can only be ours.
    """
    initial: dict[str, Any] = {"form_key": uuid.uuid4()}
    program: Program | None
    if again := prefill.again(request, Order.Type.PHYSICAL):
        program = again.program
        initial |= _card(postal.wish_of(again))
    elif program := prefill.program(request, PostalForm.programs(request.access)):
        initial |= {"program": program.pk, **_words(program)}
        if last := prefill.usual(request, program, Order.Type.PHYSICAL):
            wish = postal.wish_of(last)
            initial |= {name: _card(wish)[name] for name in ("product", "value")}
    return initial | _recipient(request, program)


def _recipient(request: StaffRequest, program: Program | None) -> dict[str, Any]:
    people = Recipient.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    person = prefill.chosen(people, request.GET.get("recipient", ""))
    if person is None:
        return {}
    return {
        "recipient": person.pk,
        "contact": person.email or person.phone or "",
        "where": first_choice(person, program),
        "name": person.name,
        "start": Start(_only_name(person.name)),
    }


def _card(wish: PostalWish) -> dict[str, Any]:
    """What is sent in one order as in another, whoever it is for."""
    return {
        "program": wish.program.pk,
        "product": wish.product.pk,
        "value": Money(wish.value, wish.program.currency),
        "quantity": wish.quantity,
        "card_carrier": wish.card_carrier,
        "method": wish.method.pk,
        "from_name": wish.from_name,
        "message": wish.message,
    }


def _stored(order: Order) -> dict[str, Any]:
    wish = postal.wish_of(order)
    return {
        **_card(wish),
        "form_key": order.form_key,
        "version": order.version,
        "recipient": wish.recipient.pk if wish.recipient else "",
        "contact": wish.email or wish.phone,
        "where": _where(wish),
        "name": wish.name,
        "start": Start(
            wish.address or Address(country="", name=wish.name), wish.reason
        ),
        "needed_by": wish.needed_by,
        "to_name": wish.to_name,
        "po_number": wish.po_number,
        "note": wish.note,
    }


def _only_name(name: str) -> Address:
    """All that is known of an address that is to be entered."""
    return Address(country="", name=name)


def _where(wish: PostalWish) -> str:
    """The address on record that it goes to, if it is still there and theirs."""
    if wish.address is None:
        return Where.ASK.value
    person = wish.recipient
    if person is None or not is_same_person(person, wish.name):
        return Where.NEW.value
    known = person.addresses.filter(digest=address_book.digest_of(wish.address))
    pk = known.values_list("pk", flat=True).first()
    return Where.NEW.value if pk is None else str(pk)


def _page(form: PostalForm) -> dict[str, Any]:
    address = form.places.form
    page = {"address": address, "picker": form.picker}
    if form.where_to != Where.NEW or not address.is_bound:
        return page
    # A form within the form: the summary does not find its fields by itself.
    found = [{"message": problem} for problem in address.non_field_errors()]
    for field in address:
        for problem in field.errors:
            words = f"{field.label}: {problem}"
            found.append({"message": words, "target": target(field)})
    return {**page, "errors": found}


_KIND: Final = drafting.Kind(
    form=PostalForm,
    template="orders/postal_form.html",
    about={
        "new_title": _("Send a card by post"),
        "new_lead": _("One printed gift card, to one address."),
        "problem": _("No active program sends by post"),
        "remedy": _("An administrator can add it to a program, under Ways to deliver."),
    },
    fresh=_fresh,
    stored=_stored,
    words=_words,
    preview=preview.of_postal_form,
    page=_page,
    read=_read,
    parts=frozenset({"methods", "carrier", "places"}),
    create=lambda form, actor: parcel_drafting.create(
        form.wish, actor=actor, form_key=form.cleaned_data["form_key"]
    ),
    edit=lambda order, form, version, actor: parcel_drafting.edit(
        order, form.wish, version=version, actor=actor
    ),
)
