"""What the lists of programs and products can be narrowed to."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.permissions import Access, Permission
from programs import shipping
from programs.models import Product, Program, ShippingMethod
from programs.models.catalogue import ProductQuerySet
from programs.models.key import ApiKeyQuerySet
from programs.models.program import ProgramQuerySet


class ProgramFilter(forms.Form):
    q = forms.CharField(label=_("Name"), max_length=100, required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        choices=[("", _("All")), *Program.Status.choices],
        required=False,
    )

    def narrow(self, programs: ProgramQuerySet) -> ProgramQuerySet:
        """The programs that match; a filter that makes no sense is left out."""
        self.full_clean()
        if words := self.cleaned_data.get("q"):
            programs = programs.filter(name__icontains=words)
        if status := self.cleaned_data.get("status"):
            programs = programs.filter(status=status)
        return programs


class KeyFilter(forms.Form):
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=_("Program"),
        required=False,
        empty_label=_("All programs"),
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=[("", _("All")), ("test", _("Test")), ("live", _("Live"))],
        required=False,
    )
    revoked = forms.BooleanField(label=_("Show revoked ones too"), required=False)

    def __init__(self, data: Any, *, access: Access) -> None:
        super().__init__(data)
        program = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        reachable = Program.objects.reachable(access, Permission.KEYS_VIEW)
        program.queryset = reachable.order_by("name")
        self.full_clean()

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.cleaned_data.get("program") or self.cleaned_data.get("mode"))

    def narrow(self, keys: ApiKeyQuerySet) -> ApiKeyQuerySet:
        """The keys that match; a filter that makes no sense is left out."""
        if program := self.cleaned_data.get("program"):
            keys = keys.filter(program=program)
        if mode := self.cleaned_data.get("mode"):
            keys = keys.filter(mode=mode)
        if not self.cleaned_data.get("revoked"):
            keys = keys.filter(revoked_at=None)
        return keys


class ShippingFilter(forms.Form):
    company = forms.ChoiceField(label=_("Delivery company"), required=False)
    retired = forms.BooleanField(label=_("Show retired ones too"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        companies = [(name, name) for name in shipping.companies()]
        field = cast(forms.ChoiceField, self.fields["company"])
        field.choices = [("", _("All")), *companies]
        self.full_clean()

    @property
    def chosen_company(self) -> str | None:
        """The one asked for; None for all, and where the words make no sense."""
        return self.cleaned_data.get("company") or None

    def retired_methods(self) -> list[ShippingMethod]:
        """The retired ones that match, where they are asked for."""
        if not self.cleaned_data.get("retired"):
            return []
        methods = ShippingMethod.objects.exclude(retired_at=None).defer("raw")
        if self.chosen_company:
            methods = methods.filter(carrier=self.chosen_company)
        return list(methods.order_by("cost_minor", "id"))


class ProductFilter(forms.Form):
    q = forms.CharField(label=_("Name"), max_length=100, required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    retired = forms.BooleanField(label=_("Show retired ones too"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kinds = list(Product.objects.values_list("currency", "type").distinct())
        self._offer("currency", {currency for currency, _type in kinds})
        self._offer("type", {type for _currency, type in kinds})

    def narrow(self, products: ProductQuerySet) -> ProductQuerySet:
        """The products that match; a filter that makes no sense is left out."""
        self.full_clean()
        chosen = self.cleaned_data
        if words := chosen.get("q"):
            products = products.filter(name__icontains=words)
        if currency := chosen.get("currency"):
            products = products.filter(currency=currency)
        if type := chosen.get("type"):
            products = products.filter(type=type)
        return products if chosen.get("retired") else products.offered()

    def _offer(self, name: str, words: set[str]) -> None:
        choices = [(word, word) for word in sorted(words - {""})]
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = [("", _("All")), *choices]
