"""The filters of the list of parcels, and which of them were chosen."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final, cast

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models.shipment import ShipmentQuerySet
from orders.parcel_states import LATE, SHIPMENT_STATES
from orders.shipments import finding
from portal.permissions import Access, Permission
from portal.web.numbers import whole_number
from programs import arrival
from programs.models import Program, ShippingMethod

# Of a list of ids, such as those of a page full of checkboxes.
_MOST_IDS: Final = 1000
_METHOD, _COMPANY = "method", "company"
_Choices = list[tuple[str, str]]


class ShipmentFilter(forms.Form):
    """Which parcels are meant; a filter that makes no sense is left out."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(
            attrs={"placeholder": gettext_lazy("Name, S-…, PONumber or tracking")}
        ),
    )
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=gettext_lazy("Program"),
        required=False,
        empty_label=gettext_lazy("All programs"),
    )
    shipping = forms.ChoiceField(label=gettext_lazy("Shipping"), required=False)
    at_risk = forms.BooleanField(
        label=gettext_lazy("May miss the day it is needed by"), required=False
    )
    # Chosen by the tabs above the list.
    status = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[
            ("", ""),
            (finding.LATE, LATE.label),
            *((word.value, state.label) for word, state in SHIPMENT_STATES.items()),
        ],
    )

    def __init__(self, data: QueryDict, *, access: Access) -> None:
        super().__init__(data)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        reachable = Program.objects.reachable(access, Permission.ORDERS_VIEW)
        program.queryset = reachable.order_by("name")
        shipping = cast(forms.ChoiceField, self.fields["shipping"])
        shipping.choices = [("", _("All shipping methods")), *_by_company()]

    @property
    def order(self) -> tuple[str, ...]:
        """Newest first; of those that are late, the longest overdue."""
        return ("arrives_by", "id") if self._is_late else ("-id",)

    @property
    def is_filtered(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def listed(self) -> list[tuple[str, str]]:
        """What was asked for, as fields of another form."""
        asked = ((name, self.data.get(name, "")) for name in self.fields)
        return [(name, value) for name, value in asked if value]

    def apply(self, parcels: ShipmentQuerySet) -> ShipmentQuerySet:
        """The parcels that match; drafts only where they are asked for."""
        chosen = self.cleaned_data if self.is_valid() else {}
        today = arrival.local_day(timezone.now())
        parcels = finding.by_status(parcels, chosen.get("status", ""), today)
        if program := chosen.get("program"):
            parcels = parcels.filter(program=program)
        if shipping := chosen.get("shipping"):
            parcels = parcels.filter(_sent_by(shipping))
        if chosen.get("at_risk"):
            parcels = finding.at_risk(parcels, today)
        return finding.matching(chosen.get("q", ""), parcels)

    @property
    def _is_late(self) -> bool:
        return self.is_valid() and self.cleaned_data["status"] == finding.LATE


def chosen(
    query: QueryDict, parcels: ShipmentQuerySet, *, access: Access
) -> ShipmentQuerySet:
    """The parcels in ?ids=, even where that names none of them.

    Without it, those a list with this query shows.
    """
    ids = ids_in(query)
    if ids is None:
        return ShipmentFilter(query, access=access).apply(parcels)
    return parcels.filter(pk__in=ids)


def ids_in(query: QueryDict) -> set[int] | None:
    """What ?ids= names, in many values or with commas; None without such a field."""
    if "ids" not in query:
        return None
    words = ",".join(query.getlist("ids")).split(",")[:_MOST_IDS]
    numbers = (whole_number(word.strip()) for word in words)
    return {number for number in numbers if number is not None}


def _by_company() -> Iterator[tuple[str, Any]]:
    """All methods there ever were, each below the company that delivers by it."""
    methods = ShippingMethod.objects.order_by("carrier", "description", "id")
    known = methods.only("carrier", "description", "provider_id")
    for company, group in groupby(known, key=lambda method: method.carrier):
        of_it = [(f"{_METHOD}-{method.pk}", method.name) for method in group]
        if not company:
            yield _("No company"), of_it
            continue
        first = of_it[0][0].removeprefix(f"{_METHOD}-")
        words = _("All of %(company)s") % {"company": company}
        all_of_it = [(f"{_COMPANY}-{first}", words)] if len(of_it) > 1 else []
        yield company, [*all_of_it, *of_it]


def _sent_by(choice: str) -> Q:
    kind, _dash, pk = choice.partition("-")
    if kind == _METHOD:
        return Q(method=int(pk))
    # Named by one of its methods: a company has no id of its own.
    same = ShippingMethod.objects.filter(pk=int(pk)).values("carrier")
    return Q(method__in=ShippingMethod.objects.filter(carrier__in=same).values("pk"))
