"""Other systems that are told, and what each of them was told."""

from django.urls import URLPattern, path

from orders.views import endpoint_acts, endpoints

_one = "developers/webhooks/<int:pk>/"
_delivery = f"{_one}deliveries/<int:delivery>/"

urlpatterns: list[URLPattern] = [
    path("developers/webhooks/", endpoints.endpoint_list, name="endpoint_list"),
    path(
        "developers/webhooks/new/",
        endpoint_acts.endpoint_create,
        name="endpoint_create",
    ),
    path(_one, endpoints.endpoint_detail, name="endpoint_detail"),
    path(f"{_one}edit/", endpoint_acts.endpoint_edit, name="endpoint_edit"),
    path(f"{_one}pause/", endpoint_acts.endpoint_pause, name="endpoint_pause"),
    path(f"{_one}resume/", endpoint_acts.endpoint_resume, name="endpoint_resume"),
    path(f"{_one}secret/", endpoint_acts.endpoint_rotate, name="endpoint_rotate"),
    path(f"{_one}test/", endpoint_acts.endpoint_test, name="endpoint_test"),
    path(f"{_one}replay/", endpoint_acts.endpoint_replay, name="endpoint_replay"),
    path(_delivery, endpoints.delivery_detail, name="delivery_detail"),
    path(f"{_delivery}replay/", endpoint_acts.delivery_replay, name="delivery_replay"),
]
