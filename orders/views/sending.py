"""Where sending begins: one person, a list of them, or links to hand out."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.permissions import Permission, requires
from portal.web.http import StaffRequest


@requires(Permission.ORDERS_CREATE)
@require_safe
def send(request: StaffRequest) -> HttpResponse:
    """The ways to send, each with what it takes."""
    return render(request, "orders/send.html")
