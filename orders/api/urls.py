"""The addresses of the API; ninja's own, each through the entrance."""

from collections.abc import Iterator

from django.urls import URLPattern, path, re_path

from orders.api import schema
from orders.api.calls import api
from orders.api.entrance import entrance, nowhere

app_name = "api"


def _calls() -> Iterator[URLPattern]:
    patterns, _app, _namespace = api.urls
    for each in patterns:
        if isinstance(each, URLPattern) and each.name != "api-root":
            each.callback = entrance(each.callback)
            yield each


urlpatterns: list[URLPattern] = [
    path("openapi.json", entrance(schema.openapi), name="openapi"),
    *_calls(),
    # Also what is wrong with an address is said as a problem.
    re_path("", entrance(nowhere), name="nowhere"),
]
