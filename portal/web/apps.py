from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "portal.web"

    def ready(self) -> None:
        from portal.web import checks  # noqa: F401  (registers the system checks)
