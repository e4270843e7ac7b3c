"""The form of one card in the post."""

from dataclasses import replace
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders import postal
from orders.eligibility import Problem
from orders.forms import places
from orders.forms.cards import ONE_LINE, CardForm, quantity_field
from orders.forms.methods import MethodField, MethodPicker, day_of
from orders.forms.places import Contact, Place, Places, Start, Where
from orders.models import Order
from orders.postal import PostalWish
from portal.permissions import Access, Permission
from portal.web.numbers import whole_number
from programs import contacts, recipients, shipping
from programs.addresses.fields import Address
from programs.intake import CURRENCY_WHEN_UNSTATED
from programs.models import Recipient, ShippingMethod
from programs.models.program import ProgramQuerySet

_NOTHING: Final = Start()
_LONGEST_CONTACT: Final = 200


class PostalForm(CardForm):
    """Which card, to whom, where and how. `wish` holds the result once it is valid."""

    delivery_type = postal.PHYSICAL
    quantity = quantity_field()
    card_carrier = forms.ChoiceField(
        label=gettext_lazy("Card carrier"),
        required=False,
        help_text=gettext_lazy("The printed sheet that holds the card."),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("The product needs a card carrier. Choose one."),
            "invalid_choice": gettext_lazy(
                "This card carrier is no longer offered. Choose another."
            ),
        },
    )
    contact = forms.CharField(
        label=gettext_lazy("Their e-mail or mobile"),
        max_length=_LONGEST_CONTACT,
        required=False,
        help_text=gettext_lazy("For their record; no reward is sent there."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    where = forms.ChoiceField(
        label=gettext_lazy("Where it goes"),
        initial=Where.NEW.value,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose where it goes."),
            "invalid_choice": gettext_lazy(
                "This address is none of theirs any more. Choose another."
            ),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Recipient’s name"),
        max_length=150,
        required=False,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    needed_by = forms.DateField(
        label=gettext_lazy("Needed by"),
        required=False,
        help_text=gettext_lazy("The cheapest method that arrives by then is marked."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "w-20"}, format="%Y-%m-%d"
        ),
    )
    company = forms.CharField(
        label=gettext_lazy("Delivery company"), required=False, widget=forms.Select
    )
    method = MethodField(
        label=gettext_lazy("Shipping method"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a shipping method.")},
    )
    suggested = forms.CharField(required=False, widget=forms.HiddenInput)
    recipient = forms.CharField(required=False, widget=forms.HiddenInput)
    to_name = forms.CharField(
        label=gettext_lazy("To"),
        max_length=150,
        required=False,
        validators=[ONE_LINE],
        help_text=gettext_lazy("As the card greets them; the name if left empty."),
    )

    # In the order of the page, for what is said above it when something is wrong.
    field_order = (
        *("program", "product", "value", "quantity", "card_carrier"),
        *("contact", "where", "name", "needed_by", "company", "method"),
        *("to_name", "from_name", "message", "po_number", "note"),
    )
    extras = ("po_number", "note")

    wish: PostalWish

    def __init__(
        self, *args: Any, access: Access, order: Order | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, access=access, order=order, **kwargs)
        self._ask_where(access)
        self._ask_how()
        self._ask_for_card_carrier()

    @classmethod
    def programs(cls, access: Access) -> ProgramQuerySet:
        return super().programs(access).delivering(cls.delivery_type)

    @property
    def needs_a_look(self) -> bool:
        reads = self.places.form.act is not None and self.where_to == Where.NEW
        return reads or self.places.is_pressed or self.picker.has_moved

    @property
    def where_to(self) -> str:
        """What is chosen as the place; empty for nothing yet."""
        return self._typed("where")

    @property
    def destination(self) -> Address | None:
        """Where it would go as far as that is known, for a look at its label."""
        return self.places.standing(self.where_to)

    @property
    def marked_method(self) -> ShippingMethod | None:
        """The method that is marked while typing goes on."""
        return self.picker.method(self.picker.marked)

    def is_valid(self) -> bool:
        """Whether it is right, and with it the address that is entered in it."""
        return super().is_valid() and hasattr(self, "wish")

    def typed(self) -> dict[str, Any]:
        return {**super().typed(), "address": self.places.shown_again(self._posted)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.refuse_taken_number()
        contact = self._contact(cleaned)
        place = self._place(cleaned, contact)
        if self.errors or place is None:
            return cleaned
        wish = self._wish(cleaned, place, contact)
        found = postal.wish_problems(wish, order=self.order)
        self.refuse([replace(p, field=self._field_of(p)) for p in found])
        if not self.errors:
            self.wish = wish
        return cleaned

    def clean_method(self) -> ShippingMethod:
        """The method, if it is still on offer."""
        chosen = self.cleaned_data["method"]
        if method := self.picker.method(chosen):
            return method
        gone = ShippingMethod.objects.filter(pk=whole_number(chosen) or 0).first()
        raise ValidationError(
            _("%(method)s is no longer offered. Choose another shipping method.")
            % {"method": gone.name if gone else _("This method")}
        )

    def _wish(
        self, cleaned: dict[str, Any], place: Place, contact: Contact
    ) -> PostalWish:
        return PostalWish(
            program=cleaned["program"],
            product=cleaned["product"],
            value=cleaned["value"].amount,
            quantity=cleaned["quantity"],
            name=place.name,
            address=place.address,
            reason=place.reason,
            email=contact.email,
            phone=contact.phone,
            method=cleaned["method"],
            card_carrier=cleaned.get("card_carrier", self._carriers.unasked),
            needed_by=cleaned["needed_by"],
            to_name=cleaned["to_name"] or place.name,
            from_name=cleaned["from_name"],
            message=cleaned["message"],
            po_number=cleaned["po_number"],
            note=cleaned["note"],
            recipient=self._recipient(place, contact),
        )

    def _contact(self, cleaned: dict[str, Any]) -> Contact:
        try:
            return Contact.read(cleaned.get("contact", ""), self._region) or Contact()
        except contacts.BadContact as bad:
            self.add_error("contact", str(bad))
            return Contact()

    def _place(self, cleaned: dict[str, Any], contact: Contact) -> Place | None:
        if "where" in self.errors:
            return None
        name = cleaned.get("name", "")
        try:
            return self.places.place(self.where_to, name=name, email=contact.email)
        except ValidationError as problems:
            self.add_error(None, problems)
            return None

    def _recipient(self, place: Place, contact: Contact) -> Recipient | None:
        if contact != Contact():
            return recipients.known(email=contact.email, phone=contact.phone)
        person = self.places.person
        is_theirs = person is not None and places.is_same_person(person, place.name)
        return person if is_theirs else None

    def _field_of(self, problem: Problem) -> str:
        if problem.field == "address":
            return "where"
        # What nobody is asked for is wrong with the product.
        return problem.field if problem.field in self.fields else "product"

    def _ask_where(self, access: Access) -> None:
        seen = Recipient.objects.reachable(access, Permission.RECIPIENTS_VIEW)
        typed = self._typed("contact")[:_LONGEST_CONTACT]
        try:
            contact = Contact.read(typed, self._region)
        except contacts.BadContact:
            contact = None
        self.places = Places(
            self.current_program,
            access,
            places.whose(seen, contact, self._typed("recipient")),
            start=self.initial.get("start", _NOTHING),
            data=self._posted if self.is_bound else self.initial.get("address"),
            is_entered=self.where_to == Where.NEW,
        )
        options = self.places.options()
        self._offer("where", options)
        if not self.where_to:
            self.fields["where"].help_text = places.unchosen()
        elif self.where_to not in dict(options):
            self.initial["where"] = Where.NEW.value

    def _ask_how(self) -> None:
        program = self.current_program
        self.picker = MethodPicker(
            program.currency if program else CURRENCY_WHEN_UNSTATED,
            needed_by=day_of(self._typed("needed_by")),
            company=self._typed("company"),
            chosen=self._typed("method"),
            suggested=self._typed("suggested"),
        )
        companies = [("", _("All")), *((name, name) for name in self.picker.companies)]
        self.fields["company"].widget = forms.Select(choices=companies)
        self._offer("method", self.picker.options())
        self.initial["method"] = self.picker.marked
        self.initial["suggested"] = self.picker.suggested

    def _ask_for_card_carrier(self) -> None:
        """A question only where there is a choice."""
        if self.current_product is None:
            del self.fields["card_carrier"]
            return
        self._carriers = shipping.carrier_question(self.current_product)
        if not self._carriers.is_shown:
            del self.fields["card_carrier"]
            return
        none = [] if self._carriers.is_required else [("", _("None"))]
        named = [(each.id, each.name) for each in self._carriers.carriers]
        self._offer("card_carrier", [*none, *named])
        self.fields["card_carrier"].required = self._carriers.is_required

    @property
    def _posted(self) -> QueryDict:
        return cast(QueryDict, self.data)

    @property
    def _region(self) -> str:
        program = self.current_program
        return program.phone_region if program else settings.DEFAULT_PHONE_REGION

    def _typed(self, name: str) -> str:
        """What stands in a field, right or wrong."""
        if self.is_bound:
            return str(self[name].value() or "")
        # A bound field would keep what it begins with, which may yet change.
        return str(self.get_initial_for_field(self.fields[name], name) or "")

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices
