"""Addresses of this package."""

from django.urls import URLPattern, path

from portal.outbox import views

app_name = "outbox"
urlpatterns: list[URLPattern] = [
    path("", views.message_list, name="message_list"),
    path("<int:pk>/", views.message_detail, name="message_detail"),
    path("<int:pk>/retry/", views.message_retry, name="message_retry"),
    path("<int:pk>/give-up/", views.message_give_up, name="message_give_up"),
]
