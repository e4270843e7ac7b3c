"""Every address of the portal. allauth's doors are listed one by one: default deny."""

from allauth.account import views as allauth
from django.urls import URLPattern, URLResolver, include, path, re_path

from portal.permissions import public

handler400 = "portal.web.views.bad_request"
handler403 = "portal.web.views.forbidden"
handler404 = "portal.web.views.not_found"
handler500 = "portal.web.views.server_error"

doors: list[URLPattern] = [
    path("sign-in/", public(allauth.login), name="account_login"),
    path("sign-out/", public(allauth.logout), name="account_logout"),
    path("sign-up/", public(allauth.signup), name="account_signup"),
    path("inactive/", public(allauth.account_inactive), name="account_inactive"),
    path("confirm/", public(allauth.reauthenticate), name="account_reauthenticate"),
    path(
        "password/change/",
        public(allauth.password_change),
        name="account_change_password",
    ),
    path(
        "password/reset/",
        public(allauth.password_reset),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        public(allauth.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        public(allauth.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # First: pages are looked for by people, who have the time.
    path("api/v1/", include("orders.api.urls")),
    path("", include(doors)),
    path("", include("portal.web.urls")),
    path("", include("portal.accounts.urls")),
    path("audit/", include("portal.audit.urls")),
    path("outbox/", include("portal.outbox.urls")),
    path("", include("programs.urls")),
    path("", include("orders.urls")),
    path("", include("orders.home_urls")),
]
