"""The form of one personalised digital reward."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import eligibility
from orders.forms.cards import ONE_LINE, CardForm, quantity_field
from orders.forms.consent import ConsentForm
from orders.gifts import ConsentEvidence, DigitalGift
from orders.models import Order
from portal.permissions import Access
from programs import contacts, recipients
from programs.models import Program, Recipient

_MORNING = time(9)


class DigitalForm(CardForm):
    """Who gets what, in whose name. `gift` holds the result once it is valid."""

    delivery_type = Program.DeliveryType.DIGITAL
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
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    quantity = quantity_field()
    to_name = forms.CharField(
        label=gettext_lazy("To"),
        max_length=150,
        required=False,
        validators=[ONE_LINE],
        help_text=gettext_lazy("As the card greets them; the name if left empty."),
    )
    from_email = forms.EmailField(
        label=gettext_lazy("From e-mail"), max_length=150, required=False
    )
    deliver_on = forms.DateField(
        label=gettext_lazy("Delivery date"),
        required=False,
        help_text=gettext_lazy("Sent at once if left empty, else that day at 9:00."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-20"}, format="%Y-%m-%d"
        ),
    )

    # In the order of the page, for what is said above it when something is wrong.
    field_order = (
        *("program", "contact", "also", "name", "product", "value", "quantity"),
        *("to_name", "from_name", "message"),
        *("deliver_on", "from_email", "po_number", "note"),
    )
    extras = ("deliver_on", "from_email", "po_number", "note")

    gift: DigitalGift
    recipient: Recipient | None = None

    def __init__(
        self, *args: Any, access: Access, order: Order | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, access=access, order=order, **kwargs)
        self.consent = ConsentForm(
            self.data if self.is_bound else None, initial=self.initial.get("consent")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_taken_number()
        region = getattr(cleaned.get("program"), "phone_region", "US")
        email, phone = self._contacts(cleaned, region)
        if self.errors:
            return cleaned
        self.gift = self._gift(cleaned, email, phone)
        self._refuse_problems()
        return cleaned

    def typed(self) -> dict[str, Any]:
        consent = {name: self.consent[name].value() for name in self.consent.fields}
        return {**super().typed(), "consent": consent}

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
        problems = eligibility.problems(self.proposal())
        self.refuse([replace(p, field=self._field_of(p.field)) for p in problems])

    def _field_of(self, name: str) -> str:
        if name == "deliver_at":
            return "deliver_on"
        if name not in ("email", "phone"):
            return name
        typed = str(self.cleaned_data.get("contact", ""))
        return "contact" if ("@" in typed) == (name == "email") else "also"
