from django.apps import AppConfig


class ProviderConfig(AppConfig):
    name = "portal.provider"
