"""The addresses of the event log, of what is held, and of the report."""

from django.urls import URLPattern, path

from orders.views import campaign, event_acts, events, held, refused_calls

_events = "developers/events/"
_one = f"{_events}<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(_events, events.event_list, name="event_list"),
    path(
        f"{_events}refused/", refused_calls.refused_call_list, name="refused_call_list"
    ),
    path(f"{_events}export/", event_acts.events_export, name="events_export"),
    path(f"{_events}replay/", event_acts.events_replay, name="events_replay"),
    path(_one, events.event_detail, name="event_detail"),
    path(f"{_one}replay/", event_acts.event_replay, name="event_replay"),
    path("developers/held/", held.held_list, name="held_list"),
    path("developers/held/<int:pk>/", held.award_decide, name="award_decide"),
    path("developers/report/", campaign.campaign_report, name="campaign_report"),
    path("developers/report.csv", campaign.campaign_file, name="campaign_file"),
]
