"""Making two records one: choosing the other, then what to keep."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest, invalid, partial, see_other
from portal.web.interrupted import typed_before
from programs import merging, recipients
from programs.forms.recipients import MergeForm, RecipientSearch
from programs.models import Recipient

_MOST_FOUND = 20


@requires(Permission.RECIPIENTS_MANAGE)
@require_safe
def recipient_merge_pick(request: StaffRequest, pk: int) -> HttpResponse:
    """Find the other record; the likely ones are offered before anything is typed."""
    people = Recipient.objects.editable(request.access)
    recipient = get_object_or_404(people, pk=pk)
    form = RecipientSearch(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    if words:
        others = recipients.search(people.exclude(pk=pk), words).order_by("name", "pk")
        found = list(others[:_MOST_FOUND])
    else:
        found = merging.lookalikes(recipient, people)
    context = {"recipient": recipient, "form": form, "words": words, "found": found}
    template = partial(request, "programs/recipient_merge_pick.html", "rows")
    return render(request, template, context)


@requires(Permission.RECIPIENTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def recipient_merge(request: StaffRequest, pk: int, other: int) -> HttpResponse:
    """Both side by side, which fields to keep, and the button that does it."""
    people = Recipient.objects.editable(request.access)
    keep = get_object_or_404(people, pk=pk)
    second = get_object_or_404(people, pk=other)
    if keep == second:
        raise Http404
    data = request.POST if request.method == "POST" else typed_before(request)
    form = MergeForm(keep, second, data)
    context: dict[str, object] = {"keep": keep, "other": second, "form": form}
    if request.method != "POST":
        return render(request, "programs/recipient_merge.html", context)
    if not form.is_valid():
        return invalid(request, "programs/recipient_merge.html", context)
    keep.version = form.cleaned_data["keep_version"]
    second.version = form.cleaned_data["other_version"]
    try:
        merging.merge(keep, second, take=form.take, actor=request.actor)
    except recipients.Stale:
        return render(request, "409.html", status=409)
    messages.success(request, _("The two records are one now."))
    return see_other(request, "programs:recipient_detail", pk=pk)
