"""Addresses of this package."""

from django.urls import URLPattern, path

from portal.accounts.views import account, invitations, people

urlpatterns: list[URLPattern] = [
    path("settings/people/", people.person_list, name="person_list"),
    path("settings/people/<int:pk>/", people.person_detail, name="person_detail"),
    path(
        "settings/people/<int:pk>/role/",
        people.person_change_role,
        name="person_change_role",
    ),
    path(
        "settings/people/<int:pk>/deactivate/",
        people.person_deactivate,
        name="person_deactivate",
    ),
    path(
        "settings/people/<int:pk>/reactivate/",
        people.person_reactivate,
        name="person_reactivate",
    ),
    path(
        "settings/people/invite/",
        invitations.invitation_create,
        name="invitation_create",
    ),
    path(
        "settings/people/invitations/<int:pk>/resend/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "settings/people/invitations/<int:pk>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path(
        "invitations/accept/<str:token>/",
        invitations.invitation_accept,
        name="invitation_accept",
    ),
    path("settings/account/", account.account_settings, name="account_settings"),
    path("settings/theme/", account.theme, name="theme"),
]
