"""The form of a batch of claim links."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy

from orders import batches
from orders.batches import LinkWish
from orders.forms.cards import ONE_LINE, CardForm
from orders.forms.options import Option
from orders.models import LinkBatch
from portal.permissions import Access
from programs.models.program import ProgramQuerySet

_WAYS: Final = [
    (
        LinkBatch.Way.PORTAL.value,
        Option(
            LinkBatch.Way.PORTAL.label,
            gettext_lazy(
                "People read who gives what and why, then claim with one button. You "
                "see which were opened and claimed, and can void, extend or reissue "
                "them."
            ),
        ),
    ),
    (
        LinkBatch.Way.PROVIDER.value,
        Option(
            LinkBatch.Way.PROVIDER.label,
            gettext_lazy(
                "They skip the page here, and its words. Nobody here sees which were "
                "opened, and none can be stopped or replaced once it is out."
            ),
        ),
    ),
]


class LinksForm(CardForm):
    """How many of which card, and under which terms; `wish` once it is valid."""

    delivery_type = batches.LINKS
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        widget=forms.NumberInput(attrs={"class": "w-10", "min": "1"}),
    )
    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=100,
        validators=[ONE_LINE],
        help_text=gettext_lazy(
            "What you find it by, such as a campaign. Whoever claims never sees it."
        ),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Claiming ends with it; never, if left empty."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-20"}, format="%Y-%m-%d"
        ),
    )
    way = forms.ChoiceField(
        label=gettext_lazy("What the links are"),
        choices=_WAYS,
        initial=LinkBatch.Way.PORTAL,
        widget=forms.RadioSelect,
    )
    is_one_line = forms.BooleanField(
        label=gettext_lazy("Order all of them as one line item"),
        required=False,
        help_text=gettext_lazy(
            "The provider then tells one status for all, so nobody can know which "
            "card was claimed there."
        ),
    )

    # In the order of the page, for what is said above it when something is wrong.
    field_order = (
        *("program", "product", "value", "quantity", "label", "expires_on", "way"),
        *("from_name", "message", "is_one_line", "po_number", "note"),
    )
    extras = ("is_one_line", "po_number", "note")

    wish: LinkWish

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quantity"].help_text = gettext_lazy("At most %(most)s.") % {
            "most": f"{settings.LINKS_MOST:,}"
        }

    @classmethod
    def programs(cls, access: Access) -> ProgramQuerySet:
        return super().programs(access).delivering(cls.delivery_type)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_taken_number()
        if not self.errors:
            self.wish = self._wish(cleaned)
            self.refuse(batches.problems(self.wish))
        return cleaned

    def so_far(self) -> LinkWish | None:
        """What it asks for, as soon as the card and the quantity make sense."""
        card = self.card()
        quantity = self.cleaned_data.get("quantity") if card else None
        if card is None or quantity is None or any(batches.quantity_problems(quantity)):
            return None
        program, product, value = card
        told: dict[str, Any] = {"label": "", "from_name": ""}
        told |= {n: v for n, v in self.cleaned_data.items() if n in self.field_order}
        fixed = {"program": program, "product": product, "value": value}
        return LinkWish(**{**told, **fixed})

    def _wish(self, cleaned: dict[str, Any]) -> LinkWish:
        told = {name: cleaned[name] for name in self.field_order}
        return LinkWish(**{**told, "value": cleaned["value"].amount})
