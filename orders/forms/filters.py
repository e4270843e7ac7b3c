"""The filters of the lists of orders and of batches of links."""

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from orders.models import Order, Reward
from orders.states import ORDER_STATES
from portal.permissions import Access, Permission
from programs.models import Program

_MOST_WORDS = 10


class _Filter(forms.Form):
    """What both are found by; a filter that makes no sense is left out."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput,
    )
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=gettext_lazy("Program"),
        required=False,
        empty_label=gettext_lazy("All programs"),
    )

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        program = self.fields["program"]
        assert isinstance(program, forms.ModelChoiceField)  # noqa: S101  (see above)
        reachable = Program.objects.reachable(access, Permission.ORDERS_VIEW)
        program.queryset = reachable.order_by("name")

    def apply(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        """The orders that match."""
        if not self.is_valid():
            return orders
        if program := self.cleaned_data["program"]:
            orders = orders.filter(program=program)
        for word in self.cleaned_data["q"].lower().split()[:_MOST_WORDS]:
            orders = orders.filter(self.matching(word))
        return orders

    def matching(self, word: str) -> Q:
        """Orders with this word in a name of theirs."""
        named = Q(po_number__icontains=word) | Q(reference__icontains=word)
        return named | Q(links__label__icontains=word)


class OrderFilter(_Filter):
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    field_order = ("q", "status", "program")

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, access=access, **kwargs)
        status, words = self.fields["status"], gettext_lazy("All statuses")
        assert isinstance(status, forms.ChoiceField)  # noqa: S101  (declared above)
        states = [(word.value, state.label) for word, state in ORDER_STATES.items()]
        status.choices = [("", words), *states]
        self.fields["q"].widget.attrs["placeholder"] = gettext_lazy(
            "PONumber, label, name, e-mail or mobile"
        )

    def apply(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        orders = super().apply(orders)
        status = self.cleaned_data.get("status") if self.is_valid() else ""
        return orders.filter(status=status) if status else orders

    def matching(self, word: str) -> Q:
        digits = "".join(letter for letter in word if letter.isdigit())
        whose = Q(recipient__search_text__contains=word) | Q(email__contains=word)
        if len(digits) >= 4:
            whose |= Q(phone__contains=digits)
        rewards = Reward.objects.filter(whose, order=OuterRef("pk"))
        return super().matching(word) | Q(Exists(rewards))


class LinkFilter(_Filter):
    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, access=access, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = gettext_lazy("Label or PONumber")
