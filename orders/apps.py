from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"

    def ready(self) -> None:
        from orders import naming
        from orders.bulk import checks
        from portal.permissions import Permission
        from portal.web import navigation

        naming.register()
        checks.register()
        navigation.register(
            _("Home"), "home", position=10, icon="home", permission=Permission.HOME_VIEW
        )
        navigation.register(
            _("Send"),
            "orders:send",
            position=20,
            icon="gift",
            permission=Permission.ORDERS_CREATE,
        )
        navigation.register(
            _("Orders"),
            "orders:order_list",
            position=30,
            icon="inbox-stack",
            permission=Permission.ORDERS_VIEW,
        )
        navigation.register(
            _("Claim links"),
            "orders:links_list",
            position=35,
            icon="link",
            permission=Permission.ORDERS_VIEW,
        )
        navigation.register(
            _("Approvals"),
            "orders:approval_list",
            position=40,
            icon="scale",
            permission=Permission.ORDERS_APPROVE,
            count=naming.waiting_for,
        )
