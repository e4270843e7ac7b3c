from collections.abc import Collection, Mapping

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit import naming
from portal.audit.naming import Name
from portal.permissions import Permission
from portal.web import navigation


class ProgramsConfig(AppConfig):
    name = "programs"

    def ready(self) -> None:
        _fill_menu()
        naming.register("program", _program_names)
        naming.register("cataloguerefresh", _refresh_names)
        naming.register("sheet", _sheet_names)
        naming.register("shippingmethod", _method_names)
        naming.register("apikey", _key_names)
        naming.register("datedsetting", _dated_names)


def _fill_menu() -> None:
    may = Permission
    for position, label, name, icon, permission in (
        (35, _("Lists"), "sheet_list", "table-cells", may.RECIPIENTS_MANAGE),
        (50, _("Programs"), "program_list", "folder", may.PROGRAMS_VIEW),
        (60, _("Catalogue"), "product_list", "gift", may.CATALOGUE_VIEW),
        (70, _("Recipients"), "recipient_list", "users", may.RECIPIENTS_VIEW),
        (75, _("Rules of law"), "dated_list", "building-library", may.LAW_MANAGE),
    ):
        navigation.register(
            label,
            f"programs:{name}",
            position=position,
            icon=icon,
            permission=permission,
        )
    navigation.register_tab(
        "developers",
        _("Keys"),
        "programs:key_list",
        position=50,
        permission=Permission.KEYS_VIEW,
    )


def _program_names(ids: Collection[str]) -> Mapping[str, Name]:
    # Models cannot be imported before the apps are loaded.
    from programs.models import Program

    programs = Program.objects.filter(pk__in=ids).values_list("pk", "name")
    return {
        str(pk): Name(name, reverse("programs:program_detail", args=[pk]))
        for pk, name in programs
    }


def _refresh_names(ids: Collection[str]) -> Mapping[str, Name]:
    name = Name(str(_("Catalogue")), reverse("programs:product_list"))
    return dict.fromkeys(ids, name)


def _method_names(ids: Collection[str]) -> Mapping[str, Name]:
    # Models cannot be imported before the apps are loaded.
    from programs.models import ShippingMethod

    page = reverse("programs:shipping_list")
    methods = ShippingMethod.objects.filter(pk__in=ids)
    return {str(method.pk): Name(method.name, page) for method in methods}


def _sheet_names(ids: Collection[str]) -> Mapping[str, Name]:
    # Models cannot be imported before the apps are loaded.
    from programs.models import Sheet

    sheets = Sheet.objects.filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): Name(name) for pk, name in sheets}


def _key_names(ids: Collection[str]) -> Mapping[str, Name]:
    # Models cannot be imported before the apps are loaded.
    from programs.models import ApiKey

    keys = ApiKey.objects.filter(pk__in=ids).values_list("pk", "name")
    return {
        str(pk): Name(name, reverse("programs:key_detail", args=[pk]))
        for pk, name in keys
    }


def _dated_names(ids: Collection[str]) -> Mapping[str, Name]:
    # Models cannot be imported before the apps are loaded.
    from programs.models import DatedSetting

    # Without a link: most who read the journal may not open it.
    settings = DatedSetting.objects.filter(pk__in=ids)
    return {str(each.pk): Name(each.get_name_display()) for each in settings}
