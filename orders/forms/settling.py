"""What a person found out at the provider about an order that waits."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order
from orders.states import PlacementStatus
from portal.money import Money
from portal.web.fields import MoneyField

CHARGED, FREE, NOT_CHARGED = "charged", "free", "not charged"


class SettleForm(forms.Form):
    """Whether the provider has the order, what it took, and how that is known.

    Of a list's order several placements may wait; then it says which one is meant.
    """

    placement = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Placement"),
        help_text=gettext_lazy("Each is settled by itself."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("What the provider says"),
        widget=forms.RadioSelect,
        choices=[
            (CHARGED, gettext_lazy("It has the order and charged for it")),
            (FREE, gettext_lazy("It has the order and charged nothing")),
            (NOT_CHARGED, gettext_lazy("It never got the order")),
        ],
    )
    amount = MoneyField(
        label=gettext_lazy("Charged"),
        required=False,
        help_text=gettext_lazy("Only where it charged."),
    )
    reason = forms.CharField(
        label=gettext_lazy("How you know"),
        max_length=250,
        help_text=gettext_lazy("For example who told you, and when."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currency = order.currency
        amount, placement = self.fields["amount"], self.fields["placement"]
        assert isinstance(amount, MoneyField)  # noqa: S101  (declared above)
        assert isinstance(placement, forms.ChoiceField)  # noqa: S101
        amount.currency = order.currency
        waiting = order.placements.filter(status=PlacementStatus.NEEDS_ATTENTION)
        found = [
            (pk, Money.of_minor(held, order.currency), f"{number} · {problem}")
            for pk, held, number, problem in waiting.order_by("pk").values_list(
                "pk", "held_minor", "po_number", "problem"
            )
        ]
        if len(found) > 1:
            named = [(pk, f"{held} · {words}") for pk, held, words in found]
            placement.choices = [("", _("Choose one")), *named]
        else:
            del self.fields["placement"]
            self.initial["amount"] = found[0][1] if found else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_charged = cleaned.get("outcome") == CHARGED
        if is_charged and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Enter what the provider charged."))
        return cleaned

    @property
    def placement_id(self) -> int | None:
        """Which placement is meant; None where only one waits."""
        chosen: int | None = self.cleaned_data.get("placement")
        return chosen

    @property
    def charged(self) -> Money | None:
        """What to book; None where the provider never got the order."""
        if self.cleaned_data["outcome"] == NOT_CHARGED:
            return None
        if self.cleaned_data["outcome"] == FREE:
            return Money.of_minor(0, self._currency)
        amount: Money = self.cleaned_data["amount"]
        return amount
