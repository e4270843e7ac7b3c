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
        navigation.register(
            _("Lists"),
            "programs:sheet_list",
            position=35,
            icon="table-cells",
            permission=Permission.RECIPIENTS_MANAGE,
        )
        navigation.register(
            _("Programs"),
            "programs:program_list",
            position=50,
            icon="folder",
            permission=Permission.PROGRAMS_VIEW,
        )
        navigation.register(
            _("Catalogue"),
            "programs:product_list",
            position=60,
            icon="gift",
            permission=Permission.CATALOGUE_VIEW,
        )
        navigation.register(
            _("Recipients"),
            "programs:recipient_list",
            position=70,
            icon="users",
            permission=Permission.RECIPIENTS_VIEW,
        )
        naming.register("program", _program_names)
        naming.register("cataloguerefresh", _refresh_names)
        naming.register("sheet", _sheet_names)
        naming.register("shippingmethod", _method_names)


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
