"""The bare view, and the server's door to it."""

from typing import ClassVar

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse

application = get_wsgi_application()

from django.db import models  # noqa: E402  Django has to be set up first
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402

from portal.permissions import public  # noqa: E402


class Row(models.Model):
    """What was sent, in the table that the benchmark makes."""

    body = models.TextField()

    # Its app is not installed, so nothing else says what this is.
    objects: ClassVar["models.Manager[Row]"] = models.Manager()

    class Meta:
        app_label = "bare"
        db_table = "bare_row"
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


@csrf_exempt
@public
def insert(request: HttpRequest) -> HttpResponse:
    """One row a request."""
    Row.objects.create(body=request.body.decode())
    return HttpResponse(status=202)


urlpatterns = [path("", insert)]
