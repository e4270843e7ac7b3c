"""The provider's webhook: an unguessable address per placement, and never believed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orders import frozen, tracking
from orders.models import Placement
from portal.permissions import public
from portal.web.numbers import whole_number

_MOST_BYTES = 64 * 1024


# The token in the address is the secret; the provider has no session and no cookie.
@csrf_exempt
@public
@require_POST
def hint_receive(request: HttpRequest, token: str) -> HttpResponse:
    """Store the call and answer at once; 404 for a token we did not give out."""
    placements = Placement.objects.select_related("order")
    placement = get_object_or_404(placements, hook_digest=frozen.hook_digest(token))
    size = whole_number(request.headers.get("Content-Length", "0"))
    if size is None or size > _MOST_BYTES:
        return HttpResponse(status=413)
    tracking.hint(placement, request.body)
    return HttpResponse(status=204)
