"""Pages every portal has: health, and what is shown when something fails."""

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from portal.permissions import public


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "database unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    too_big = isinstance(exception, RequestDataTooBig)
    context = {"is_too_big": too_big}
    return render(request, "400.html", context, status=413 if too_big else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def method_not_allowed(request: HttpRequest, refused: HttpResponse) -> HttpResponse:
    """Django has a handler for every refusal but this one, and sends an empty page."""
    response = render(request, "405.html", status=405)
    response["Allow"] = refused["Allow"]
    return response


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """A limit of portal.web.limits is reached; a minute later it is not."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    # Without the request: its context would ask the database that may have failed.
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came from another sign-in, or from somewhere else."""
    return render(request, "403_csrf.html", status=403)
