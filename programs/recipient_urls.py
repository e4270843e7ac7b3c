"""Addresses of recipients and their consent, and of the pages they use themselves."""

from django.urls import URLPattern, path

from programs.views import addresses, consent, merging, preferences, recipients

recipient_urls: list[URLPattern] = [
    path("recipients/", recipients.recipient_list, name="recipient_list"),
    path("recipients/add/", recipients.recipient_add, name="recipient_add"),
    path("recipients/<int:pk>/", recipients.recipient_detail, name="recipient_detail"),
    path("recipients/<int:pk>/edit/", recipients.recipient_edit, name="recipient_edit"),
    path(
        "recipients/<int:pk>/merge/",
        merging.recipient_merge_pick,
        name="recipient_merge_pick",
    ),
    path(
        "recipients/<int:pk>/merge/<int:other>/",
        merging.recipient_merge,
        name="recipient_merge",
    ),
    path(
        "recipients/<int:pk>/addresses/add/", addresses.address_add, name="address_add"
    ),
    path(
        "recipients/<int:pk>/addresses/<int:address>/edit/",
        addresses.address_edit,
        name="address_edit",
    ),
    path(
        "recipients/<int:pk>/addresses/<int:address>/remove/",
        addresses.address_remove,
        name="address_remove",
    ),
    path(
        "recipients/<int:pk>/consent/grant/",
        consent.consent_grant,
        name="consent_grant",
    ),
    path(
        "recipients/<int:pk>/consent/withdraw/",
        consent.consent_withdraw,
        name="consent_withdraw",
    ),
    path("consent/wordings/", consent.consent_wording_add, name="consent_wording_add"),
    # Short, because they stand in SMS; `portal.web.logs` keeps the tokens out of logs.
    path("p/<str:token>", preferences.preferences, name="preferences"),
    path("u/<str:token>", preferences.unsubscribe, name="unsubscribe"),
]
