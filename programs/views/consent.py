"""Consent, recorded by staff: somebody agreed, somebody stopped, a new wording."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, see_other
from portal.web.interrupted import typed_before
from programs import consent, recipients, wordings
from programs.forms.consent import GrantForm, WithdrawForm, WordingForm
from programs.models import Recipient


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_grant(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that a person agreed, with the proof."""
    recipient = _person(request, pk)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = GrantForm(
        recipient,
        wordings.newest_first(),
        data,
        channel=request.GET.get("channel", ""),
    )
    context: dict[str, object] = {"form": form, "recipient": recipient}
    if request.method != "POST":
        return render(request, "programs/consent_grant.html", context)
    if form.is_valid():
        try:
            consent.grant(recipient, **form.cleaned_data, actor=request.actor)
        except consent.Refused as refusal:
            form.add_error(refusal.field, str(refusal))
        except recipients.Stale:
            return render(request, "409.html", status=409)
        else:
            messages.success(request, _("Recorded: they agreed."))
            return see_other(request, "programs:recipient_detail", pk=pk)
    return invalid(request, "programs/consent_grant.html", context)


@requires(Permission.CONSENT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    """Record that a person stopped a channel, or everything; it holds at once."""
    recipient = _person(request, pk)
    data = request.POST if request.method == "POST" else typed_before(request)
    form = WithdrawForm(data, initial={"channel": request.GET.get("channel", "")})
    context: dict[str, object] = {"form": form, "recipient": recipient}
    if request.method != "POST":
        return render(request, "programs/consent_withdraw.html", context)
    if not form.is_valid():
        return invalid(request, "programs/consent_withdraw.html", context)
    facts = dict(form.cleaned_data)
    channel = facts.pop("channel")
    if channel is None:
        written = consent.withdraw_all(recipient, **facts, actor=request.actor)
    else:
        written = consent.withdraw(recipient, channel, **facts, actor=request.actor)
    said = (
        _("Recorded: it is stopped at once.")
        if written
        else _("It was stopped already.")
    )
    messages.success(request, said)
    return see_other(request, "programs:recipient_detail", pk=pk)


@requires(Permission.WORDINGS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def consent_wording_add(request: StaffRequest) -> HttpResponse:
    """The versions there are, and a form for the next one."""
    data = request.POST if request.method == "POST" else typed_before(request)
    form = WordingForm(data)
    context: dict[str, object] = {"form": form, "wordings": wordings.newest_first()}
    if request.method != "POST":
        return render(request, "programs/consent_wording_add.html", context)
    if form.is_valid():
        try:
            wording = wordings.add(form.cleaned_data["text"], actor=request.actor)
        except wordings.AlreadyThere as there:
            said = _("This is version %(version)s, word for word. Nothing was added.")
            form.add_error("text", said % {"version": there.wording})
        else:
            said = _("Version %(version)s is what people agree to from now on.")
            messages.success(request, said % {"version": wording})
            return see_other(request, "programs:consent_wording_add")
    return invalid(request, "programs/consent_wording_add.html", context)


def _person(request: StaffRequest, pk: int) -> Recipient:
    people = Recipient.objects.reachable(request.access, Permission.CONSENT_RECORD)
    return get_object_or_404(people, pk=pk)
