"""Making and editing one digital reward."""

import uuid
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from orders import drafts, preview
from orders.forms.digital import DigitalForm
from orders.models import Order
from orders.views import drafting, prefill
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, see_other
from programs.models import Program, Recipient, Wording


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_create(request: StaffRequest) -> HttpResponse:
    """A new draft of one reward."""
    return drafting.create(request, _KIND)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_edit(request: StaffRequest, reference: str) -> HttpResponse:
    """Change a draft of one reward; another kind of order is changed elsewhere."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    order = get_object_or_404(orders, reference=reference)
    if order.shape == Order.Shape.LINKS:
        return see_other(request, "orders:links_edit", reference=reference)
    if order.shape == Order.Shape.SINGLE and order.is_postal:
        return see_other(request, "orders:postal_edit", reference=reference)
    if order.shape == Order.Shape.LIST:
        # What a list asks for is changed in the list.
        return see_other(request, "orders:order_check", reference=reference)
    if order.origin != Order.Origin.PERSON:
        messages.info(request, _("It was triggered, so it is what its rule says."))
        return see_other(request, "orders:order_check", reference=reference)
    return drafting.edit(request, _KIND, order)


def _page(form: DigitalForm) -> dict[str, Any]:
    return {
        "wording": Wording.objects.order_by("-pk").first(),
        "consent_open": bool(form.consent.errors) or form.consent.is_filled(),
        # A form within the form: the summary does not find its fields by itself.
        "errors": [
            {"message": f"{field.label}: {problem}", "target": field.id_for_label}
            for field in form.consent
            for problem in field.errors
        ],
    }


def _words(program: Program) -> dict[str, Any]:
    return {"from_name": program.from_name, "message": program.message}


def _fresh(request: StaffRequest) -> dict[str, Any]:
    """What a new reward starts with: the program's defaults, or the last one again."""
    initial: dict[str, Any] = {"form_key": uuid.uuid4(), "quantity": 1}
    if again := prefill.again(request, Order.Type.DIGITAL):
        stored = _stored(again)
        kept = ("program", "product", "value", "quantity", "from_name", "message")
        return initial | {name: stored[name] for name in kept}
    program = prefill.program(request, DigitalForm.programs(request.access))
    if program is not None:
        initial |= {"program": program.pk, **_words(program)}
        initial |= _usual(request, program)
    return initial | _recipient(request)


def _usual(request: StaffRequest, program: Program) -> dict[str, Any]:
    last = prefill.usual(request, program, Order.Type.DIGITAL)
    if last is None:
        return {}
    reward = last.rewards.select_related("order").get()
    return {"product": reward.product_id, "value": reward.value}


def _recipient(request: StaffRequest) -> dict[str, str]:
    people = Recipient.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    person = prefill.chosen(people, request.GET.get("recipient", ""))
    if person is None:
        return {}
    contacts = [contact for contact in (person.email, person.phone) if contact]
    also = contacts[1] if len(contacts) > 1 else ""
    return {"name": person.name, "contact": contacts[0], "also": also}


def _stored(order: Order) -> dict[str, Any]:
    reward = order.rewards.select_related("recipient", "order").get()
    contacts = [contact for contact in (reward.email, reward.phone) if contact]
    return {
        "form_key": order.form_key,
        "version": order.version,
        "program": order.program_id,
        "contact": contacts[0],
        "also": contacts[1] if len(contacts) > 1 else "",
        "name": reward.recipient.name if reward.recipient else "",
        "product": reward.product_id,
        "value": reward.value,
        "quantity": reward.quantity,
        "to_name": reward.to_name,
        "from_name": reward.from_name,
        "from_email": reward.from_email,
        "message": reward.message,
        "deliver_on": localtime(reward.deliver_at).date()
        if reward.deliver_at
        else None,
        "po_number": order.po_number,
        "note": order.note,
    }


_KIND: Final = drafting.Kind(
    form=DigitalForm,
    template="orders/order_form.html",
    about={
        "new_title": _("Send a reward"),
        "new_lead": _("One gift card, by e-mail, SMS or both."),
        "problem": _("No active program to send from"),
        "remedy": _(
            "Your programs are paused or closed. An administrator can resume one."
        ),
    },
    fresh=_fresh,
    stored=_stored,
    words=_words,
    preview=preview.of_form,
    page=_page,
    create=lambda form, actor: drafts.create(
        form.gift, actor=actor, form_key=form.cleaned_data["form_key"]
    ),
    edit=lambda order, form, version, actor: drafts.edit(
        order, form.gift, version=version, actor=actor
    ),
)
