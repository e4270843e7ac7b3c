"""Addresses of the keys by which other systems call."""

from django.urls import URLPattern, path

from programs.views import key_acts, keys

key_urls: list[URLPattern] = [
    path("developers/keys/", keys.key_list, name="key_list"),
    path("developers/keys/new/", key_acts.key_create, name="key_create"),
    path("developers/keys/<int:pk>/", keys.key_detail, name="key_detail"),
    path("developers/keys/<int:pk>/edit/", key_acts.key_edit, name="key_edit"),
    path("developers/keys/<int:pk>/rotate/", key_acts.key_rotate, name="key_rotate"),
    path("developers/keys/<int:pk>/revoke/", key_acts.key_revoke, name="key_revoke"),
]
