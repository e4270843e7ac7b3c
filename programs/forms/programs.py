"""The form behind everything people choose about a program."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any, Final, cast

import phonenumbers
from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.web.fields import MoneyField
from programs.models import Product, Program
from programs.programs import Setup, differences, has_ledger, setup_of

_WORDS: Final = Locale("en", "US")
# Currencies gift cards are sold in; the catalogue decides what there is to send.
_CURRENCIES: Final = (
    *("USD", "CAD", "EUR", "GBP", "AED", "ARS", "AUD", "BRL", "CHF", "CLP", "CNY"),
    *("COP", "CZK", "DKK", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN"),
    *("MYR", "NOK", "NZD", "PEN", "PHP", "PLN", "RON", "SAR", "SEK", "SGD", "THB"),
    *("TRY", "TWD", "UAH", "VND", "ZAR"),
)
_AMOUNTS: Final = ("approval_above", "reward_cap", "recipient_cap")


def _currency_choices() -> list[tuple[str, str]]:
    return [(code, f"{code}, {_WORDS.currencies[code]}") for code in _CURRENCIES]


def _region_choices() -> list[tuple[str, str]]:
    regions = ((_WORDS.territories[r], r) for r in phonenumbers.SUPPORTED_REGIONS)
    return [(code, name) for name, code in sorted(regions)]


class _Paragraphs(forms.CharField):
    """Text of several lines; a line break counts as one character, as browsers do."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.Textarea({"rows": 4, "data-count": ""}), **options
        )

    def to_python(self, value: object) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ProgramForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("Choose a kind")), *Program.Kind.choices],
    )
    purpose = _Paragraphs(
        label=gettext_lazy("Purpose"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Why people get rewards, for approvers and auditors."),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=_currency_choices, initial="USD"
    )
    approval_rule = forms.ChoiceField(
        label=gettext_lazy("Approval"),
        choices=Program.ApprovalRule.choices,
        initial=Program.ApprovalRule.ALWAYS,
        widget=forms.RadioSelect,
    )
    approval_above = MoneyField(
        label=gettext_lazy("Approval above"),
        required=False,
        help_text=gettext_lazy("Only for the rule with an amount."),
    )
    reward_cap = MoneyField(
        label=gettext_lazy("Most for one reward"),
        required=False,
        help_text=gettext_lazy("Empty means no cap."),
    )
    recipient_cap = MoneyField(
        label=gettext_lazy("Most for one person"),
        required=False,
        help_text=gettext_lazy("Empty means no cap."),
    )
    recipient_cap_days = forms.IntegerField(
        label=gettext_lazy("Counted over how many days"),
        required=False,
        min_value=1,
        max_value=3650,
        widget=forms.NumberInput({"class": "w-5"}),
        help_text=gettext_lazy("Empty means over the whole program."),
    )
    delivery_types = forms.MultipleChoiceField(
        label=gettext_lazy("Ways to deliver"),
        choices=Program.DeliveryType.choices,
        initial=[Program.DeliveryType.DIGITAL],
        widget=forms.CheckboxSelectMultiple,
    )
    products = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Products"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked means all in the program's currency."),
    )
    mails_links = forms.BooleanField(
        label=gettext_lazy("Mail claim links"),
        required=False,
        help_text=gettext_lazy("Links that were given to a person can go by e-mail."),
    )
    email_consent = forms.ChoiceField(
        label=gettext_lazy("Consent for e-mail"),
        choices=Program.EmailConsent.choices,
        initial=Program.EmailConsent.NOT_WITHDRAWN,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("SMS always needs recorded consent."),
    )
    phone_region = forms.ChoiceField(
        label=gettext_lazy("Phone region"),
        choices=_region_choices,
        initial="US",
        help_text=gettext_lazy("Where numbers without a country code belong."),
    )
    from_name = forms.CharField(
        label=gettext_lazy("From name"),
        max_length=150,
        help_text=gettext_lazy("Who a new reward comes from. It can be changed there."),
    )
    message = _Paragraphs(
        label=gettext_lazy("Message"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("What a new reward says. It can be changed there."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, program: Program | None = None) -> None:
        setup = setup_of(program) if program else None
        super().__init__(data, initial=_initial(setup, program))
        currency = self._currency(program)
        for name in _AMOUNTS:
            cast(MoneyField, self.fields[name]).currency = currency
        self._fill_products(program, chosen=setup.products if setup else frozenset())

    @property
    def setup(self) -> Setup:
        """What was chosen; only after is_valid()."""
        values = {field.name: self.cleaned_data[field.name] for field in fields(Setup)}
        values["products"] = frozenset(values["products"])
        values["delivery_types"] = tuple(values["delivery_types"])
        return Setup(**values)

    def differences(self, stored: Setup) -> list[dict[str, object]]:
        """Where what was typed differs from what is stored, as `diff.html` shows it."""
        return [
            {
                "label": self.fields[name].label,
                "before": self._words(name, getattr(stored, name)),
                "after": self._words(name, getattr(self.setup, name)),
            }
            for name in differences(stored, self.setup)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Choose a last day on or after the first day."))
        self._clean_approval(cleaned)
        if cleaned.get("recipient_cap_days") and not cleaned.get("recipient_cap"):
            self.add_error(
                "recipient_cap", _("Enter the cap these days count for, or no days.")
            )
        self._clean_products(cleaned)
        return cleaned

    def _words(self, name: str, value: object) -> str:
        field = self.fields[name]
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if not isinstance(field, forms.ChoiceField):
            return "" if value is None else str(value)
        labels: dict[object, object] = dict(flatten_choices(cast(Any, field.choices)))
        chosen = value if isinstance(value, tuple | frozenset) else [value]
        return ", ".join(sorted(str(labels.get(one, one)) for one in chosen))

    def _currency(self, program: Program | None) -> str:
        """The program's once money is booked, otherwise what was chosen here."""
        field = self.fields["currency"]
        if program and has_ledger(program):
            field.disabled = True
            field.help_text = _("Fixed, because money has been booked.")
            return program.currency
        chosen = str(self["currency"].value())
        return chosen if chosen in _CURRENCIES else "USD"

    def _fill_products(
        self, program: Program | None, *, chosen: frozenset[int]
    ) -> None:
        products = Product.objects.filter(Q(retired_at=None) | Q(pk__in=chosen))
        if program and self.fields["currency"].disabled:
            products = products.filter(currency=program.currency)
        rows = list(products.only("name", "currency", "retired_at"))
        rows.sort(key=lambda row: (row.currency, row.name.casefold()))
        self._product_currency = {row.pk: row.currency for row in rows}
        field = cast(forms.TypedMultipleChoiceField, self.fields["products"])
        field.choices = _grouped(rows)

    def _clean_approval(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("approval_rule") != Program.ApprovalRule.ABOVE:
            cleaned["approval_above"] = None
        elif not cleaned.get("approval_above") and "approval_above" not in self.errors:
            self.add_error(
                "approval_above", _("Enter the amount above which approval is needed.")
            )

    def _clean_products(self, cleaned: dict[str, Any]) -> None:
        currency = cleaned.get("currency")
        strange = [
            pk
            for pk in cleaned.get("products", ())
            if self._product_currency[pk] != currency
        ]
        if currency and strange:
            message = _("Untick the products that are not sold in %(currency)s.")
            self.add_error(
                "products", ValidationError(message % {"currency": currency})
            )


def _initial(setup: Setup | None, program: Program | None) -> dict[str, object]:
    if setup is None or program is None:
        return {}
    values: dict[str, object] = {f.name: getattr(setup, f.name) for f in fields(Setup)}
    return {**values, "products": list(setup.products), "version": program.version}


def _grouped(rows: Sequence[Product]) -> Iterable[tuple[str, list[tuple[int, str]]]]:
    return [
        (currency, [(row.pk, _label(row)) for row in group])
        for currency, group in groupby(rows, key=lambda row: row.currency)
    ]


def _label(product: Product) -> str:
    if product.retired_at is None:
        return product.name
    return _("%(name)s (no longer offered)") % {"name": product.name}
