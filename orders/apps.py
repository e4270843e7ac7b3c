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
