"""Which card, in whose name and under which number: what every order asks."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import po_numbers
from orders.eligibility import Problem
from orders.models import Order
from portal.permissions import Access, Permission
from portal.web.fields import MoneyField
from portal.web.numbers import whole_number
from programs import catalogue, sentences
from programs.models import Product, Program
from programs.models.program import ProgramQuerySet

ONE_LINE = RegexValidator(
    r"^[^\r\n\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]*\Z",
    gettext_lazy("Use one line of plain text, without control characters."),
)


_MOST_CARDS: Final = 100


def quantity_field() -> forms.IntegerField:
    """How many cards one person is sent at once."""
    return forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=_MOST_CARDS,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "w-5"}),
    )


class CardForm(forms.Form):
    """The fields that every kind of order has, and what may be chosen in them."""

    delivery_type: ClassVar[str]

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=gettext_lazy("Product"), empty_label=None
    )
    value = MoneyField(label=gettext_lazy("Value of one card"))
    from_name = forms.CharField(
        label=gettext_lazy("From name"), max_length=150, validators=[ONE_LINE]
    )
    message = forms.CharField(
        label=gettext_lazy("Message"),
        required=False,
        validators=[
            MaxLengthValidator(
                400,
                gettext_lazy("Use at most 400 characters; this has %(show_value)d."),
            )
        ],
        widget=forms.Textarea(
            attrs={"rows": 4, "data-count": "400"},
        ),
    )
    po_number = forms.CharField(
        label=gettext_lazy("PONumber"),
        max_length=po_numbers.MOST,
        required=False,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._/-]*\Z",
                gettext_lazy("Use letters, digits and . _ / - only."),
            )
        ],
        help_text=gettext_lazy("Numbered automatically if left empty."),
        widget=forms.TextInput(attrs={"class": "w-20"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note to the provider"),
        max_length=250,
        required=False,
        validators=[ONE_LINE],
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # What is folded away until it is wanted.
    extras: ClassVar[tuple[str, ...]]

    def __init__(
        self, *args: Any, access: Access, order: Order | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        programs = self.programs(access)
        if order is not None and order.submitted_at:
            # Decisions were made on it in this program; they stay within its border.
            programs = programs.filter(pk=order.program_id)
        self._choices("program", programs.order_by("name"))
        self.current_program: Program | None = self._current("program")
        offered = Product.objects.none()
        if self.current_program is not None:
            offered = catalogue.offered_in(self.current_program, self.delivery_type)
            self._money().currency = self.current_program.currency
        self._choices("product", offered.order_by("name"))
        self.current_product: Product | None = self._current("product")
        if self.current_product is not None:
            self.fields["value"].help_text = sentences.sold_values(self.current_product)

    @classmethod
    def programs(cls, access: Access) -> ProgramQuerySet:
        """Where this person may ask for such an order."""
        reachable = Program.objects.reachable(access, Permission.ORDERS_CREATE)
        return reachable.active()

    @property
    def needs_a_look(self) -> bool:
        """Whether something was asked of the form that is to be seen before it goes on.

        It is then shown as it was typed, without complaints, and nothing is saved.
        """
        return False

    def typed(self) -> dict[str, Any]:
        """What the fields hold, right or wrong, to begin another form with."""
        return {name: self[name].value() for name in self.fields}

    def card(self) -> tuple[Program, Product, Decimal] | None:
        """Program, product and value as typed so far, once they go together."""
        value = getattr(self, "cleaned_data", {}).get("value")
        program, product = self.current_program, self.current_product
        if program is None or product is None or value is None:
            return None
        return (
            (program, product, value.amount) if product.accepts(value.amount) else None
        )

    def refuse_taken_number(self) -> None:
        """Refuse a PONumber that another order has."""
        number, own = self.cleaned_data.get("po_number", ""), self.order
        if own is None and "form_key" in self.cleaned_data:
            # A second click finds the order that the first one made.
            key = self.cleaned_data["form_key"]
            own = Order.objects.filter(form_key=key).first()
        if number and po_numbers.is_taken(number, besides=own):
            self.add_error(
                "po_number",
                _("Another order has %(number)s. Choose another, or leave it empty.")
                % {"number": number},
            )

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Show each problem at its field."""
        for problem in problems:
            self.add_error(problem.field, problem.message)

    def _money(self) -> MoneyField:
        field = self.fields["value"]
        assert isinstance(field, MoneyField)  # noqa: S101  (declared above)
        return field

    def _choices(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = queryset

    def _current(self, name: str) -> Any:
        """The chosen object while typing goes on: bound, initial, or the first."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        queryset = field.queryset
        assert queryset is not None  # noqa: S101
        chosen = whole_number(str(self[name].value() or ""))
        found = queryset.filter(pk=chosen).first()
        return found or queryset.first()
