from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "portal.audit"

    def ready(self) -> None:
        from portal.permissions import Permission
        from portal.web import navigation

        navigation.register(
            _("Journal"),
            "audit:entry_list",
            position=80,
            icon="book-open",
            permission=Permission.JOURNAL_VIEW,
        )
