"""The form of one personalised digital reward."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import eligibility, po_numbers
from orders.forms.consent import ConsentForm
from orders.gifts import ConsentEvidence, DigitalGift
from orders.models import Order
from portal.permissions import Access, Permission
from portal.web.fields import MoneyField
from portal.web.numbers import whole_number
from programs import catalogue, contacts, recipients
from programs.models import Product, Program, Recipient

_MORNING = time(9)
_MOST_CARDS = 100
_ONE_LINE = RegexValidator(
    r"^[^\r\n\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]*\Z",
    gettext_lazy("Use one line of plain text, without control characters."),
)


class DigitalForm(forms.Form):
    """Who gets what, in whose name. `gift` holds the result once it is valid."""

    program = forms.ModelChoiceField(
        Program.objects.none(), label=gettext_lazy("Program"), empty_label=None
    )
    contact = forms.CharField(
        label=gettext_lazy("E-mail or mobile"),
        max_length=200,
        help_text=gettext_lazy("Somebody new, or anybody on record."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    also = forms.CharField(
        label=gettext_lazy("Second contact"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A mobile besides an e-mail sends by both."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Recipient’s name"),
        max_length=150,
        validators=[_ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    product = forms.ModelChoiceField(
        Product.objects.none(), label=gettext_lazy("Product"), empty_label=None
    )
    value = MoneyField(label=gettext_lazy("Value of one card"))
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"),
        min_value=1,
        max_value=_MOST_CARDS,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "w-5"}),
    )
    to_name = forms.CharField(
        label=gettext_lazy("To"),
        max_length=150,
        required=False,
        validators=[_ONE_LINE],
        help_text=gettext_lazy("As the card greets them; the name if left empty."),
    )
    from_name = forms.CharField(
        label=gettext_lazy("From name"), max_length=150, validators=[_ONE_LINE]
    )
    from_email = forms.EmailField(
        label=gettext_lazy("From e-mail"), max_length=150, required=False
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
    deliver_on = forms.DateField(
        label=gettext_lazy("Delivery date"),
        required=False,
        help_text=gettext_lazy("Sent at once if left empty, else that day at 9:00."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-10"}, format="%Y-%m-%d"
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
        validators=[_ONE_LINE],
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # In this order the page shows them, group by group.
    groups = (
        (gettext_lazy("Who"), ("program", "contact", "also", "name")),
        (gettext_lazy("What"), ("product", "value", "quantity")),
        (gettext_lazy("Message"), ("to_name", "from_name", "message")),
    )
    extras = ("deliver_on", "from_email", "po_number", "note")

    gift: DigitalGift
    recipient: Recipient | None = None

    def __init__(
        self, *args: Any, access: Access, order: Order | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order = order
        programs = Program.objects.reachable(access, Permission.ORDERS_CREATE).active()
        if order is not None and order.submitted_at:
            # Decisions were made on it in this program; they stay within its border.
            programs = programs.filter(pk=order.program_id)
        self._choices("program", programs.order_by("name"))
        self.current_program = self._current("program")
        offered = Product.objects.none()
        if self.current_program is not None:
            offered = catalogue.offered_in(self.current_program).order_by("name")
            self._money().currency = self.current_program.currency
        self._choices("product", offered)
        self.current_product = self._current("product")
        if self.current_product is not None:
            self.fields["value"].help_text = eligibility.sold_values(
                self.current_product
            )
        self.consent = ConsentForm(
            self.data if self.is_bound else None, initial=self.initial.get("consent")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._refuse_taken_number(cleaned)
        region = getattr(cleaned.get("program"), "phone_region", "US")
        email, phone = self._contacts(cleaned, region)
        if self.errors:
            return cleaned
        self.gift = self._gift(cleaned, email, phone)
        self._refuse_problems()
        return cleaned

    def proposal(self) -> eligibility.Gift:
        """What the form asks for, as the rules see it."""
        gift = self.gift
        return eligibility.Gift(
            program=gift.program,
            product=gift.product,
            value=gift.value,
            quantity=gift.quantity,
            recipient=self.recipient,
            email=gift.email,
            phone=gift.phone,
            deliver_at=gift.deliver_at,
            order_id=self.order.pk if self.order else None,
            consent_given=gift.consent is not None,
        )

    def _refuse_taken_number(self, cleaned: dict[str, Any]) -> None:
        number, own = cleaned.get("po_number", ""), self.order
        if own is None and "form_key" in cleaned:
            # A second click finds the order that the first one made.
            own = Order.objects.filter(form_key=cleaned["form_key"]).first()
        if number and po_numbers.is_taken(number, besides=own):
            self.add_error(
                "po_number",
                _("Another order has %(number)s. Choose another, or leave it empty.")
                % {"number": number},
            )

    def _contacts(self, cleaned: dict[str, Any], region: str) -> tuple[str, str]:
        found: dict[type, str] = {}
        for field in ("contact", "also"):
            if not cleaned.get(field):
                continue
            try:
                contact = contacts.detect(cleaned[field], region)
            except contacts.BadContact as bad:
                self.add_error(field, str(bad))
                continue
            if type(contact) in found:
                self.add_error(
                    field,
                    _("Enter one e-mail and one mobile; for two people send twice."),
                )
            match contact:
                case contacts.Email(address):
                    found[contacts.Email] = address
                case contacts.Phone(number):
                    found[contacts.Phone] = number
        return found.get(contacts.Email, ""), found.get(contacts.Phone, "")

    def _gift(self, cleaned: dict[str, Any], email: str, phone: str) -> DigitalGift:
        try:
            self.recipient = recipients.known(email=email, phone=phone)
        except recipients.Conflict:
            self.add_error(
                "also",
                _(
                    "The two contacts belong to two people on record. "
                    "Merge them under Recipients, or use one contact."
                ),
            )
        return DigitalGift(
            program=cleaned["program"],
            product=cleaned["product"],
            value=cleaned["value"].amount,
            quantity=cleaned["quantity"],
            name=cleaned["name"],
            email=email,
            phone=phone,
            to_name=cleaned["to_name"] or cleaned["name"],
            from_name=cleaned["from_name"],
            from_email=cleaned["from_email"],
            message=cleaned["message"],
            deliver_at=self._deliver_at(cleaned),
            po_number=cleaned["po_number"],
            note=cleaned["note"],
            consent=self._evidence(),
        )

    def _deliver_at(self, cleaned: dict[str, Any]) -> datetime | None:
        if not (day := cleaned["deliver_on"]):
            return None
        return timezone.make_aware(datetime.combine(day, _MORNING))

    def _evidence(self) -> ConsentEvidence | None:
        if not self.consent.is_filled():
            return None
        if not self.consent.is_valid():
            self.add_error(None, _("Complete the consent, or empty its fields."))
            return None
        return self.consent.given()

    def _refuse_problems(self) -> None:
        if self.errors:
            return
        for problem in eligibility.problems(self.proposal()):
            field = problem.field
            if field in ("email", "phone"):
                field = self._field_of(is_email=field == "email")
            self.add_error(
                field if field != "deliver_at" else "deliver_on", problem.message
            )

    def _field_of(self, *, is_email: bool) -> str:
        typed = str(self.cleaned_data.get("contact", ""))
        return "contact" if ("@" in typed) == is_email else "also"

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
