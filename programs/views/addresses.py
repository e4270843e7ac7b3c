"""A person's postal addresses: as their page shows them, and changing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from portal.web.numbers import whole_number
from programs import address_book, recipients
from programs.address_form import verifying
from programs.address_form.form import AddressForm
from programs.address_form.outcome import KEPT_AS_TYPED, STATES
from programs.addresses.checking import Outcome
from programs.addresses.comparing import difference
from programs.addresses.fields import label
from programs.addresses.printing import label_lines
from programs.models import PostalAddress, Recipient
from programs.states import State

_ADD = "programs/address_add.html"
_EDIT = "programs/address_edit.html"
_Typed: TypeAlias = MultiValueDict[str, str]


@dataclass(frozen=True, slots=True)
class Label:
    """An address as it is printed, wherever it is printed: with its country."""

    stored: PostalAddress
    lines: list[str] = field(repr=False)
    state: State


def labels(recipient: Recipient) -> list[Label]:
    """A person's addresses, the latest first; one query."""
    return [_label(stored) for stored in address_book.latest_first(recipient)]


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def address_add(request: StaffRequest, pk: int) -> HttpResponse:
    """One more address; the form is shown again until somebody saves."""
    recipient = _person(request, pk)
    form = _form(request, recipient, _typed(request, recipient))
    context: dict[str, object] = {"form": form, "recipient": recipient}
    if request.method != "POST" or form.act:
        return render(request, _ADD, context)
    if not form.is_valid():
        return invalid(request, _ADD, context)
    try:
        address_book.add(
            recipient, form.address, reason=form.reason_given, actor=request.actor
        )
    except address_book.Taken:
        messages.info(request, _("This address was on record already."))
    except (address_book.Refused, recipients.Stale):
        return render(request, "409.html", status=409)
    else:
        messages.success(request, _saved(form))
    return see_other(request, "programs:recipient_detail", pk=pk)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def address_edit(request: StaffRequest, pk: int, address: int) -> HttpResponse:
    """Correct an address, or put the one the person moved to in its place."""
    recipient = _person(request, pk)
    stored = get_object_or_404(recipient.addresses.all(), pk=address)
    data = _typed(request, recipient)
    form = _form(request, recipient, data, stored)
    version = whole_number(data.get("version", "")) if data else stored.version
    context = {"form": form, "recipient": recipient, "version": version}
    if request.method != "POST" or form.act:
        return render(request, _EDIT, context)
    if not form.is_valid():
        return invalid(request, _EDIT, context)
    try:
        address_book.change(
            stored,
            form.address,
            version=version or 0,
            reason=form.reason_given,
            actor=request.actor,
        )
    except address_book.Taken:
        form.add_error(
            None, _("This address is on record already. Remove one of both.")
        )
        return invalid(request, _EDIT, context)
    except (address_book.Refused, recipients.Stale):
        return _stale(request, form, stored, context)
    messages.success(request, _saved(form))
    return see_other(request, "programs:recipient_detail", pk=pk)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def address_remove(request: StaffRequest, pk: int, address: int) -> HttpResponse:
    """The address to be forgotten, and the button that does it."""
    recipient = _person(request, pk)
    stored = get_object_or_404(recipient.addresses.all(), pk=address)
    if request.method != "POST":
        context = {"recipient": recipient, "address": _label(stored)}
        return render(request, "programs/address_remove.html", context)
    version = whole_number(request.POST.get("version", ""))
    try:
        address_book.remove(stored, version=version or 0, actor=request.actor)
    except recipients.Stale:
        return render(request, "409.html", status=409)
    messages.success(request, _("The address was removed."))
    return see_other(request, "programs:recipient_detail", pk=pk)


def _person(request: StaffRequest, pk: int) -> Recipient:
    return get_object_or_404(Recipient.objects.editable(request.access), pk=pk)


def _typed(request: StaffRequest, recipient: Recipient) -> _Typed | None:
    """What was typed, with what the provider said where its button was pressed."""
    if request.method != "POST":
        return typed_before(request)
    return verifying.answered(
        request.POST,
        name=recipient.name,
        about=recipient,
        actor=request.actor,
    )


def _form(
    request: StaffRequest,
    recipient: Recipient,
    data: _Typed | None,
    stored: PostalAddress | None = None,
) -> AddressForm:
    books = list(recipient.programs.order_by("pk"))
    may_override = all(
        request.access.allows(Permission.ADDRESSES_OVERRIDE, book.pk) for book in books
    )
    return AddressForm(
        data,
        home=books[0].phone_region,
        name=recipient.name,
        initial=address_book.read(stored) if stored else None,
        reason=stored.reason if stored else "",
        keeps=address_book.DOUBTED if may_override else (),
        verifies=True,
    )


def _stale(
    request: StaffRequest,
    form: AddressForm,
    stored: PostalAddress,
    context: Mapping[str, object],
) -> HttpResponse:
    """The form again with what was typed, beside what somebody else saved."""
    now = PostalAddress.objects.filter(pk=stored.pk).first()
    if now is None:
        return render(request, "409.html", status=409)
    typed, theirs = form.address, address_book.read(now, name=form.address.name)
    changes = [
        {
            "label": label(row.field, typed.country),
            "before": theirs[row.field],
            "after": typed[row.field],
        }
        for row in difference(theirs, typed)
        if row.is_changed
    ]
    # Saving again means: over the version that is now on the screen.
    again = {"version": now.version, "stale": True, "changes": changes}
    return invalid(request, _EDIT, {**context, **again}, status=409)


def _saved(form: AddressForm) -> str:
    """What was saved, with what is worth knowing of it."""
    notes = form.judgement.notes if form.judgement else ()
    said = _("Saved as typed.") if form.reason_given else _("Saved. It is confirmed.")
    return " ".join([said, *(note.message for note in notes)])


def _label(stored: PostalAddress) -> Label:
    state = KEPT_AS_TYPED if stored.reason else STATES[Outcome.CONFIRMED]
    return Label(stored, label_lines(address_book.read(stored), home=""), state)
