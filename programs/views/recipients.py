"""Recipients: finding people, one person, adding and changing them."""

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from programs import contacts, recipients
from programs.forms.recipients import (
    RecipientAddForm,
    RecipientEditForm,
    RecipientSearch,
)
from programs.models import Program, Recipient
from programs.views.recipient_page import recipient_page


@requires(Permission.RECIPIENTS_VIEW)
@require_safe
def recipient_list(request: StaffRequest) -> HttpResponse:
    """The people in the address books of this person's programs, by name."""
    form = RecipientSearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    books = Program.objects.reachable(request.access, Permission.RECIPIENTS_VIEW)
    found = _reachable(request, Permission.RECIPIENTS_VIEW)
    if words:
        found = recipients.search(found, words)
    found = found.prefetch_related(Prefetch("programs", books.order_by("name")))
    context = {
        "page": paging.keyset(found, request.GET, order=("name", "id")),
        "form": form,
        "words": words,
        "columns": [
            {"label": _("Name")},
            {"label": _("E-mail")},
            {"label": _("Mobile")},
            {"label": _("Programs")},
        ],
        "may_add": request.access.anywhere(Permission.RECIPIENTS_MANAGE),
        "actions": _actions(request),
    }
    template = partial(request, "programs/recipient_list.html", "rows")
    return render(request, template, context)


@requires(Permission.RECIPIENTS_VIEW)
@require_safe
def recipient_detail(request: StaffRequest, pk: int) -> HttpResponse:
    """One person; the address of a merged record leads to the one that lives."""
    people = _reachable(request, Permission.RECIPIENTS_VIEW)
    recipient = people.filter(pk=pk).first()
    if recipient is None:
        survivor = people.filter(merged_from__pk=pk).first()
        if survivor is None:
            raise Http404
        return redirect("programs:recipient_detail", pk=survivor.pk)
    context = recipient_page(request, recipient)
    return render(request, "programs/recipient_detail.html", context)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def recipient_add(request: StaffRequest) -> HttpResponse:
    """Somebody new, or somebody the organisation knows already."""
    data = request.POST if request.method == "POST" else typed_before(request)
    books = Program.objects.reachable(request.access, Permission.RECIPIENTS_MANAGE)
    form = RecipientAddForm(
        books.order_by("name"), data, program=request.GET.get("program")
    )
    context: dict[str, object] = {"form": form}
    if request.method != "POST":
        return render(request, "programs/recipient_add.html", context)
    if form.is_valid():
        try:
            recipient = recipients.find_or_add(**form.cleaned_data, actor=request.actor)
        except recipients.Conflict as conflict:
            form.add_error(None, _conflict_words())
            context["two"] = _both_editable(request, conflict)
        else:
            _say_added(request, recipient, form.cleaned_data)
            return see_other(request, "programs:recipient_detail", pk=recipient.pk)
    return invalid(request, "programs/recipient_add.html", context)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def recipient_edit(request: StaffRequest, pk: int) -> HttpResponse:
    people = Recipient.objects.editable(request.access)
    recipient = get_object_or_404(people, pk=pk)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = RecipientEditForm(recipient, data, initial=_as_typed(recipient))
    context: dict[str, object] = {"form": form, "recipient": recipient}
    if request.method != "POST":
        return render(request, "programs/recipient_edit.html", context)
    if form.is_valid():
        try:
            recipients.edit(recipient, **form.cleaned_data, actor=request.actor)
        except recipients.Taken as taken:
            other = people.filter(pk=taken.other.pk).first()
            form.add_error(taken.field, _taken_words(other))
            context["other"] = other
        except recipients.Stale:
            return _stale(request, form, recipient)
        else:
            messages.success(request, _("Saved."))
            return see_other(request, "programs:recipient_detail", pk=pk)
    return invalid(request, "programs/recipient_edit.html", context)


def _reachable(request: StaffRequest, permission: Permission) -> QuerySet[Recipient]:
    return Recipient.objects.reachable(request.access, permission)


def _actions(request: StaffRequest) -> list[dict[str, object]]:
    pages = (
        (Permission.WORDINGS_MANAGE, _("Consent wordings"), "consent_wording_add"),
        (Permission.RECIPIENTS_MANAGE, _("Import a list"), "recipient_import"),
    )
    return [
        {"label": label, "url": reverse(f"programs:{name}")}
        for permission, label, name in pages
        if request.access.anywhere(permission)
    ]


def _as_typed(recipient: Recipient) -> dict[str, object]:
    return {
        "name": recipient.name,
        "email": recipient.email,
        "phone": contacts.readable(recipient.phone) if recipient.phone else None,
        "version": recipient.version,
    }


def _stale(
    request: StaffRequest, form: RecipientEditForm, recipient: Recipient
) -> HttpResponse:
    """The form again with what was typed, beside what somebody else saved."""
    typed = form.cleaned_data
    recipient.refresh_from_db()
    changes = [
        {"label": form.fields[name].label, "before": stored, "after": typed[name]}
        for name in ("name", "email", "phone")
        if (stored := getattr(recipient, name)) != typed[name]
    ]
    # Saving again means: over the version that is now on the screen.
    again = RecipientEditForm(recipient, {**typed, "version": recipient.version})
    context = {"form": again, "recipient": recipient, "stale": True, "changes": changes}
    return invalid(request, "programs/recipient_edit.html", context, status=409)


def _say_added(
    request: StaffRequest, recipient: Recipient, typed: Mapping[str, object]
) -> None:
    said = _("%(name)s is in the address book of %(program)s.")
    names = {"name": recipient.name, "program": typed["program"]}
    messages.success(request, said % names)
    if any(
        typed[field] and typed[field] != getattr(recipient, field)
        for field in ("name", "email", "phone")
    ):
        messages.warning(
            request,
            _("They were known already and keep what is on record. Edit it if needed."),
        )


def _conflict_words() -> str:
    return _("The e-mail belongs to one person and the mobile number to another.")


def _taken_words(other: Recipient | None) -> str:
    if other:
        return _("%(name)s has this already. Merge the two records.") % {
            "name": other.name
        }
    return _(
        "Somebody in a program you do not manage has this. Ask the manager of that "
        "program whether they are the same person."
    )


def _both_editable(
    request: StaffRequest, conflict: recipients.Conflict
) -> list[Recipient]:
    ids = [conflict.first.pk, conflict.second.pk]
    people = Recipient.objects.editable(request.access)
    found = list(people.filter(pk__in=ids).order_by("pk"))
    return found if len(found) == len(ids) else []
