from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders import naming
        from orders.bulk import checks

        naming.register()
        checks.register()
        self._fill_menu()
        self._fill_tabs()

    def _fill_menu(self) -> None:
        from orders import naming
        from portal.permissions import Permission
        from portal.web import navigation

        sees, sends = Permission.ORDERS_VIEW, Permission.ORDERS_CREATE
        for position, label, url_name, icon, permission in (
            (10, _("Home"), "home", "home", Permission.HOME_VIEW),
            (20, _("Send"), "orders:send", "gift", sends),
            (30, _("Orders"), "orders:order_list", "inbox-stack", sees),
            (35, _("Claim links"), "orders:links_list", "link", sees),
            (37, _("Shipments"), "orders:shipment_list", "truck", sees),
        ):
            navigation.register(
                label, url_name, position=position, icon=icon, permission=permission
            )
        navigation.register(
            _("Approvals"),
            "orders:approval_list",
            position=40,
            icon="scale",
            permission=Permission.ORDERS_APPROVE,
            count=naming.waiting_for,
        )
        navigation.register(
            _("Triggers"),
            "orders:rule_list",
            position=38,
            icon="bolt",
            permission=Permission.RULES_VIEW,
            section="developers",
        )

    def _fill_tabs(self) -> None:
        """Of the pages for what other systems trigger; programs enter theirs."""
        from orders import naming
        from portal.permissions import Permission
        from portal.web import navigation

        for position, label, url_name, permission, count in (
            (10, _("Rules"), "orders:rule_list", Permission.RULES_VIEW, None),
            (20, _("Events"), "orders:event_list", Permission.EVENTS_VIEW, None),
            (
                *(30, _("Held"), "orders:held_list"),
                *(Permission.EVENTS_VIEW, naming.held_for),
            ),
            (40, _("Report"), "orders:campaign_report", Permission.EVENTS_VIEW, None),
            (
                *(60, _("Webhooks"), "orders:endpoint_list"),
                *(Permission.ENDPOINTS_MANAGE, None),
            ),
            (70, _("Try it"), "orders:try_api", Permission.KEYS_VIEW, None),
            (80, _("API"), "orders:api_docs", Permission.RULES_VIEW, None),
        ):
            navigation.register_tab(
                "developers",
                label,
                url_name,
                position=position,
                permission=permission,
                count=count,
            )
