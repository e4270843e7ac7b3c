"""Making and editing one digital reward."""

import uuid
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders import content, drafts, lifecycle, po_numbers, preview
from orders.forms.digital import DigitalForm
from orders.models import Order
from orders.states import EDITABLE
from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs import consent, recipients
from programs.models import Program, Recipient, Wording

_Row = TypeVar("_Row", bound=Model)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_create(request: StaffRequest) -> HttpResponse:
    """A new draft, with a live preview of what it costs and says."""
    template = "orders/order_form.html"
    if request.method == "GET":
        typed = typed_before(request)
        form = DigitalForm(typed, access=request.access, initial=_fresh(request))
        if form.current_program is None:
            return render(request, "orders/order_form_none.html")
        return render(request, template, _page(form, typed is not None))
    form = DigitalForm(request.POST, access=request.access)
    if "preview" in request.POST:
        return _previewed(request, form)
    if not form.is_valid():
        return invalid(request, template, _page(form))
    try:
        order = drafts.create(
            form.gift, actor=request.actor, form_key=form.cleaned_data["form_key"]
        )
    except lifecycle.StaleOrder as stale:
        return _stale(request, form, stale.order)
    except _REFUSALS as refusal:
        return _refused(request, form, refusal)
    return see_other(request, "orders:order_check", reference=order.reference)


@requires(Permission.ORDERS_CREATE)
@require_http_methods(["GET", "POST"])
def order_edit(request: StaffRequest, reference: str) -> HttpResponse:
    """Change a draft; a stale page is answered with what changed."""
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    order = get_object_or_404(orders, reference=reference)
    if order.sheet_id is not None:
        # What a list asks for is changed in the list.
        return see_other(request, "orders:order_check", reference=reference)
    if order.status not in EDITABLE:
        messages.info(request, _("This order can no longer be edited."))
        return see_other(request, "orders:order_detail", reference=reference)
    if request.method == "GET":
        typed = typed_before(request)
        form = DigitalForm(
            typed, access=request.access, order=order, initial=_stored(order)
        )
        return render(request, "orders/order_form.html", _page(form, bool(typed)))
    form = DigitalForm(request.POST, access=request.access, order=order)
    if "preview" in request.POST:
        return _previewed(request, form)
    if not form.is_valid():
        return invalid(request, "orders/order_form.html", _page(form))
    try:
        drafts.edit(
            order,
            form.gift,
            version=form.cleaned_data["version"] or 0,
            actor=request.actor,
        )
    except lifecycle.StaleOrder as stale:
        return _stale(request, form, stale.order)
    except _REFUSALS as refusal:
        return _refused(request, form, refusal)
    return see_other(request, "orders:order_check", reference=order.reference)


_REFUSALS = (po_numbers.PoNumberTaken, recipients.Conflict, consent.Refused)


def _previewed(request: StaffRequest, form: DigitalForm) -> HttpResponse:
    """What the form would do; errors show only once it is sent for good."""
    form.is_valid()
    template = "orders/order_form.html"
    # Shown as typed and without complaints: nobody has asked for a verdict yet.
    typed = {name: form[name].value() for name in form.fields}
    typed["consent"] = {
        name: form.consent[name].value() for name in form.consent.fields
    }
    shown = DigitalForm(
        access=request.access, order=form.order, initial=_refreshed(typed, request)
    )
    context = _page(shown) | {"preview": preview.of_form(form)}
    is_part = request.htmx and request.POST["preview"] == "part"
    return render(request, f"{template}#preview" if is_part else template, context)


def _refreshed(typed: dict[str, Any], request: StaffRequest) -> dict[str, Any]:
    """Another program brings its own words, where the old one's were left alone."""
    programs = Program.objects.reachable(request.access, Permission.ORDERS_CREATE)
    program = _chosen(programs, str(typed["program"]))
    if program is None or "program_before" not in request.POST:
        return typed
    before = _chosen(programs, request.POST["program_before"])
    for name in ("from_name", "message"):
        if before is None or typed[name] == getattr(before, name):
            typed[name] = getattr(program, name)
    return typed


def _refused(
    request: StaffRequest, form: DigitalForm, refusal: Exception
) -> HttpResponse:
    """What only the verb could see, such as another order taking the number first."""
    if isinstance(refusal, po_numbers.PoNumberTaken):
        form.add_error(
            "po_number", _("Another order took this number. Choose another.")
        )
    elif isinstance(refusal, recipients.Conflict):
        form.add_error(
            "also", _("The two contacts belong to two people. Merge them, or use one.")
        )
    else:
        form.add_error(None, str(refusal))
    return invalid(request, "orders/order_form.html", _page(form))


def _stale(request: StaffRequest, form: DigitalForm, order: Order) -> HttpResponse:
    """Another tab was quicker: show what differs, and keep what was typed."""
    form.add_error(
        None,
        _(
            "This order was changed meanwhile, so nothing was saved. Compare what "
            "changed; review again to save what you typed."
        ),
    )
    typed = request.POST.copy()
    typed["version"] = str(order.version)
    form.data = typed
    rewards = order.rewards.select_related("product", "order").order_by("pk")
    context = _page(form)
    context["now"] = [
        {"key": content.label_of(name), "value": value}
        for name, value in content.facts_of(order, rewards).items()
        if value and name not in ("type", "program") and not name.endswith("recipient")
    ]
    return invalid(request, "orders/order_form.html", context, status=409)


def _page(form: DigitalForm, restored: bool = False) -> dict[str, Any]:
    return {
        "form": form,
        "preview": preview.of_form(form),
        "wording": Wording.objects.order_by("-pk").first(),
        "restored": restored,
        "consent_open": bool(form.consent.errors) or form.consent.is_filled(),
        # A form within the form: the summary does not find its fields by itself.
        "errors": [
            {"message": f"{field.label}: {problem}", "target": field.id_for_label}
            for field in form.consent
            for problem in field.errors
        ],
        "extras_open": any(form.errors.get(name) for name in form.extras),
    }


def _fresh(request: StaffRequest) -> dict[str, Any]:
    """What a new reward starts with: the program's defaults, or the last one again."""
    programs = Program.objects.reachable(request.access, Permission.ORDERS_CREATE)
    active = programs.active().order_by("pk")
    initial: dict[str, Any] = {"form_key": uuid.uuid4(), "quantity": 1}
    if again := _again(request.GET, request):
        stored = _stored(again)
        kept = ("program", "product", "value", "quantity", "from_name", "message")
        return initial | {name: stored[name] for name in kept}
    program = _chosen(active, request.GET.get("program", ""))
    program = program or _last_used(request, active) or active.first()
    if program is not None:
        initial |= {
            "program": program.pk,
            "from_name": program.from_name,
            "message": program.message,
            **_usual(request, program),
        }
    initial |= _recipient(request)
    return initial


def _usual(request: StaffRequest, program: Program) -> dict[str, Any]:
    """The card this person sent last here: most people send the same one again."""
    orders = Order.objects.filter(created_by=request.user, sheet__isnull=True)
    last = orders.filter(program=program).order_by("-pk").first()
    if last is None:
        return {}
    reward = last.rewards.select_related("order").get()
    return {"product": reward.product_id, "value": reward.value}


def _chosen(among: QuerySet[_Row], typed: str) -> _Row | None:
    number = whole_number(typed)
    return None if number is None else among.filter(pk=number).first()


def _last_used(request: StaffRequest, active: QuerySet[Program]) -> Program | None:
    last = Order.objects.filter(created_by=request.user).order_by("-pk").first()
    return active.filter(pk=last.program_id).first() if last else None


def _again(query: QueryDict, request: StaffRequest) -> Order | None:
    orders = Order.objects.reachable(request.access, Permission.ORDERS_CREATE)
    reference = query.get("again", "")
    if not reference.isprintable():
        return None  # PostgreSQL raises on a NUL instead of finding nothing.
    return orders.filter(reference=reference, sheet__isnull=True).first()


def _recipient(request: StaffRequest) -> dict[str, str]:
    people = Recipient.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    person = _chosen(people, request.GET.get("recipient", ""))
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
        "name": reward.recipient.name,
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
