"""From a form to a draft and back: the same steps for every kind of order."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from orders import content, lifecycle, po_numbers
from orders.forms.cards import CardForm
from orders.models import Order
from orders.preview import Preview
from orders.states import EDITABLE
from orders.views import prefill
from portal.actors import Actor
from portal.permissions import Permission
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import address_book, consent, recipients
from programs.models import Program

_Form = TypeVar("_Form", bound=CardForm)
_REFUSALS = (
    po_numbers.PoNumberTaken,
    recipients.Conflict,
    recipients.Stale,
    consent.Refused,
    address_book.Refused,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[_Form]):
    """What is its own in one kind of order."""

    form: type[_Form]
    template: str
    # The page's new_title and new_lead; problem and remedy where no program can.
    about: Mapping[str, Promise]
    # What a new form starts with, and one for a stored order.
    fresh: Callable[[StaffRequest], dict[str, Any]]
    stored: Callable[[Order], dict[str, Any]]
    # What a program puts into a form that it is chosen in.
    words: Callable[[Program], dict[str, Any]]
    preview: Callable[[_Form], Preview | None]
    # What the template needs besides the form and the preview.
    page: Callable[[_Form], dict[str, Any]]
    create: Callable[[_Form, Actor], Order]
    edit: Callable[[Order, _Form, int, Actor], Order]
    # What was posted, with the answer to what one of its buttons asked outside.
    read: Callable[[StaffRequest], QueryDict] = lambda request: request.POST
    # Partials of the template, for which htmx asks by name instead of the whole page.
    parts: Collection[str] = ()


def create(request: StaffRequest, kind: Kind[_Form]) -> HttpResponse:
    """A new draft, with a live preview of what it costs and says."""
    if request.method == "GET":
        typed = typed_before(request)
        initial = kind.fresh(request)
        form = kind.form(typed, access=request.access, initial=initial)
        if form.current_program is None:
            return render(request, "orders/order_form_none.html", dict(kind.about))
        context = _page(kind, form) | {"restored": typed is not None}
        return render(request, kind.template, context)
    form = kind.form(kind.read(request), access=request.access)
    return _posted(request, kind, form, lambda: kind.create(form, request.actor))


def edit(request: StaffRequest, kind: Kind[_Form], order: Order) -> HttpResponse:
    """Change a draft; a stale page is answered with what changed."""
    if order.status not in EDITABLE:
        messages.info(request, _("This order can no longer be edited."))
        return see_other(request, "orders:order_detail", reference=order.reference)
    if request.method == "GET":
        typed, initial = typed_before(request), kind.stored(order)
        form = kind.form(typed, access=request.access, order=order, initial=initial)
        context = _page(kind, form) | {"restored": typed is not None}
        return render(request, kind.template, context)
    form = kind.form(kind.read(request), access=request.access, order=order)

    def change() -> Order:
        shown = form.cleaned_data["version"] or 0
        return kind.edit(order, form, shown, request.actor)

    return _posted(request, kind, form, change)


def _posted(
    request: StaffRequest, kind: Kind[_Form], form: _Form, verb: Callable[[], Order]
) -> HttpResponse:
    """Preview, or call the verb with what was typed and lead to the check page."""
    if "preview" in request.POST or form.needs_a_look:
        return _previewed(request, kind, form)
    if not form.is_valid():
        return invalid(request, kind.template, _page(kind, form))
    try:
        order = verb()
    except lifecycle.StaleOrder as stale:
        return _stale(request, kind, form, stale.order)
    except _REFUSALS as refusal:
        return _refused(request, kind, form, refusal)
    return see_other(request, "orders:order_check", reference=order.reference)


def _previewed(request: StaffRequest, kind: Kind[_Form], form: _Form) -> HttpResponse:
    """What the form would do; errors show only once it is sent for good."""
    form.is_valid()
    # Shown as typed and without complaints: nobody has asked for a verdict yet.
    typed = _refreshed(request, kind, form.typed())
    shown = kind.form(access=request.access, order=form.order, initial=typed)
    context = _page(kind, shown) | {"preview": kind.preview(form)}
    part = request.POST.get("preview", "") if request.htmx else ""
    template = kind.template
    if part == "part":
        template = "orders/_form_preview.html"
    elif part != "page":
        # What takes a part of the page out of the answer takes the preview as well.
        context["preview_too"] = bool(request.htmx)
        template = f"{template}#{part}" if part in kind.parts else template
    return render(request, template, context)


def _refreshed(
    request: StaffRequest, kind: Kind[_Form], typed: dict[str, Any]
) -> dict[str, Any]:
    """Another program brings its own words, where the old one's were left alone."""
    programs = Program.objects.reachable(request.access, Permission.ORDERS_CREATE)
    program = prefill.chosen(programs, str(typed["program"]))
    if program is None or "program_before" not in request.POST:
        return typed
    before = prefill.chosen(programs, request.POST["program_before"])
    old = kind.words(before) if before else {}
    new = kind.words(program).items()
    return typed | {n: v for n, v in new if not old or typed[n] == old[n]}


def _refused(
    request: StaffRequest, kind: Kind[_Form], form: _Form, refusal: Exception
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
    elif isinstance(refusal, (recipients.Stale, address_book.Refused)):
        form.add_error(None, _("What is on record changed meanwhile. Review again."))
    else:
        form.add_error(None, str(refusal))
    return invalid(request, kind.template, _page(kind, form))


def _stale(
    request: StaffRequest, kind: Kind[_Form], form: _Form, order: Order
) -> HttpResponse:
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
    facts = {
        name: value
        for name, value in content.of(order).items()
        if name not in ("type", "program") and not name.endswith("recipient")
    }
    now = [
        {"key": fact.label, "value": fact.after} for fact in content.changes({}, facts)
    ]
    context = _page(kind, form) | {"now": now}
    return invalid(request, kind.template, context, status=409)


def _page(kind: Kind[_Form], form: _Form) -> dict[str, Any]:
    return {
        "form": form,
        "preview": kind.preview(form),
        "extras_open": any(form.errors.get(name) for name in form.extras),
        **kind.about,
        **kind.page(form),
    }
