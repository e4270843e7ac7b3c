"""Addresses of this package."""

from django.urls import URLPattern, path

from portal.audit import views

app_name = "audit"
urlpatterns: list[URLPattern] = [
    path("", views.entry_list, name="entry_list"),
    path("verify/", views.entry_verify, name="entry_verify"),
    path("<int:sequence>/", views.entry_detail, name="entry_detail"),
]
