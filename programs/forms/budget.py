"""Forms for the program's money."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.money import Money
from portal.web.fields import MoneyField
from programs.models import Program


class FundForm(forms.Form):
    amount = MoneyField(label=gettext_lazy("Amount to add"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=250,
        required=False,
        help_text=gettext_lazy(
            "Such as the number of the transfer. Name no recipients."
        ),
    )
    # Made on the check page, so that pressing its button twice posts once.
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, program: Program) -> None:
        super().__init__(data)
        self.program = program
        cast(MoneyField, self.fields["amount"]).currency = program.currency

    @property
    def change(self) -> Money:
        """What is added to the funded total; only after is_valid()."""
        return cast(Money, self.cleaned_data["amount"])


class AdjustForm(FundForm):
    direction = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        choices=[
            ("up", gettext_lazy("Add to what was funded")),
            ("down", gettext_lazy("Take away from what was funded")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("direction", "amount", "note", "key")

    def __init__(self, data: Any = None, *, program: Program) -> None:
        super().__init__(data, program=program)
        self.fields["amount"].label = _("Amount")
        note = self.fields["note"]
        note.required = True
        note.label = _("Reason")
        note.help_text = _("Shown in the ledger. Name no recipients.")

    @property
    def change(self) -> Money:
        """The change of the funded total, negative when it is lowered."""
        lowers = self.cleaned_data["direction"] == "down"
        return super().change * -1 if lowers else super().change

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"amount", "direction"} <= cleaned.keys():
            available = self.program.available
            if (available + self.change).amount < 0:
                self.refuse_beyond(available)
        return cleaned

    def refuse_beyond(self, available: Money) -> None:
        """Say that more is taken away than is free."""
        message = _(
            "At most %(available)s can be taken away: the rest is held or spent."
        )
        self.add_error("amount", ValidationError(message % {"available": available}))
