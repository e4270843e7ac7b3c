"""The filters of the order list."""

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from orders.models import Order, Reward
from orders.states import ORDER_STATES
from portal.permissions import Access, Permission
from programs.models import Program

_MOST_WORDS = 10


class OrderFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.SearchInput(
            attrs={"placeholder": gettext_lazy("PONumber, name, e-mail or mobile")}
        ),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    program = forms.ModelChoiceField(
        Program.objects.none(),
        label=gettext_lazy("Program"),
        required=False,
        empty_label=gettext_lazy("All programs"),
    )

    def __init__(self, *args: object, access: Access, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        status, program = self.fields["status"], self.fields["program"]
        assert isinstance(status, forms.ChoiceField)  # noqa: S101  (declared above)
        assert isinstance(program, forms.ModelChoiceField)  # noqa: S101
        words = [(word.value, state.label) for word, state in ORDER_STATES.items()]
        status.choices = [("", gettext_lazy("All statuses")), *words]
        reachable = Program.objects.reachable(access, Permission.ORDERS_VIEW)
        program.queryset = reachable.order_by("name")

    def apply(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        """The orders that match; a filter that makes no sense is left out."""
        if not self.is_valid():
            return orders
        if status := self.cleaned_data["status"]:
            orders = orders.filter(status=status)
        if program := self.cleaned_data["program"]:
            orders = orders.filter(program=program)
        for word in self.cleaned_data["q"].lower().split()[:_MOST_WORDS]:
            orders = orders.filter(_matching(word))
        return orders


def _matching(word: str) -> Q:
    digits = "".join(letter for letter in word if letter.isdigit())
    whose = Q(recipient__search_text__contains=word) | Q(email__contains=word)
    if len(digits) >= 4:
        whose |= Q(phone__contains=digits)
    rewards = Reward.objects.filter(whose, order=OuterRef("pk"))
    numbered = Q(po_number__icontains=word) | Q(reference__icontains=word)
    return numbered | Q(Exists(rewards))
