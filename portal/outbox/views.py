"""Messages that did not leave the building, for those who look after it."""

import json
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.outbox import stuck
from portal.outbox.forms import GiveUpForm
from portal.outbox.models import Message
from portal.permissions import Permission, requires
from portal.web import paging
from portal.web.http import StaffRequest, invalid, see_other

Status = Message.Status

_DETAIL: Final = "outbox/message_detail.html"

# Each in the order of its index; done messages are nobody's concern.
_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    Status.STUCK: ("-id",),
    Status.WAITING: ("not_before", "id"),
    Status.ABANDONED: ("-id",),
}


@requires(Permission.OUTBOX_MANAGE)
@require_safe
def message_list(request: StaffRequest) -> HttpResponse:
    """The messages that wait for a person, for their time, or for nothing any more."""
    state = request.GET.get("state", "")
    status = Status(state) if state in _ORDERS else Status.STUCK
    found = Message.objects.filter(status=status)
    context = {
        "page": paging.keyset(found, request.GET, order=_ORDERS[status]),
        "status": status,
        "now": timezone.now(),
        "tabs": _tabs(status),
        "columns": [
            {"label": _("What")},
            {"label": _("Key")},
            {"label": _("Attempts"), "numeric": True},
            {"label": _("Problem")},
            {"label": _("Reason") if status == Status.ABANDONED else _("Next time")},
        ],
    }
    return render(request, "outbox/message_list.html", context)


@requires(Permission.OUTBOX_MANAGE)
@require_safe
def message_detail(request: StaffRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    return render(request, _DETAIL, _page(message, GiveUpForm()))


@requires(Permission.OUTBOX_MANAGE)
@require_POST
def message_retry(request: StaffRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    try:
        stuck.retry(message, actor=request.actor)
    except stuck.NotStuck as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is tried again now."))
    return see_other(request, "outbox:message_detail", pk=pk)


@requires(Permission.OUTBOX_MANAGE)
@require_POST
def message_give_up(request: StaffRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message, pk=pk)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return invalid(request, _DETAIL, _page(message, form))
    try:
        reason = form.cleaned_data["reason"]
        stuck.give_up(message, reason=reason, actor=request.actor)
    except stuck.NotStuck as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The message is given up. It is not tried again."))
    return see_other(request, "outbox:message_detail", pk=pk)


def _page(message: Message, form: GiveUpForm) -> dict[str, object]:
    return {
        "message": message,
        "payload": json.dumps(message.payload, indent=2, sort_keys=True),
        "is_stuck": message.status == Status.STUCK,
        "form": form,
    }


def _tabs(current: Message.Status) -> list[dict[str, object]]:
    url = reverse("outbox:message_list")
    return [
        {
            "label": Status(value).label,
            "url": f"{url}?state={value}",
            "is_current": value == current,
        }
        for value in _ORDERS
    ]
