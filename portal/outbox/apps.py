from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "portal.outbox"

    def ready(self) -> None:
        from portal.outbox import stuck
        from portal.permissions import Permission
        from portal.web import navigation

        navigation.register(
            _("Stuck messages"),
            "outbox:message_list",
            position=100,
            icon="inbox-arrow-down",
            permission=Permission.OUTBOX_MANAGE,
            count=lambda request: stuck.count(),
        )
