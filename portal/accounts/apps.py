from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"

    def ready(self) -> None:
        from portal.accounts import naming as people
        from portal.audit import naming
        from portal.permissions import Permission
        from portal.web import navigation

        naming.register("user", people.names, people.find)
        navigation.register(
            _("People"),
            "person_list",
            position=90,
            icon="users",
            permission=Permission.PEOPLE_MANAGE,
        )
