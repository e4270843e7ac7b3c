"""The address as its recipient gives it, without an account."""

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.address_form.form import AddressForm
from programs.addresses.fields import Address


class AddressAnswerForm(AddressForm):
    """The part that asks for an address, and what its owner agrees to with it.

    The words are those of answering.WORDING: new ones need another name there.
    """

    agree = forms.BooleanField(
        label=gettext_lazy("I agree"),
        help_text=gettext_lazy(
            "This address is used to post me this card, and is kept in the sender’s "
            "address book."
        ),
        required=False,
    )

    def __init__(
        self, data: "MultiValueDict[str, str] | None", *, home: str, start: Address
    ) -> None:
        """`start` is what is known: the name, and the address to confirm."""
        super().__init__(data, home=home, initial=start)
        self.fields["agree"] = self.fields.pop("agree")
        if data is not None:
            # The buttons within the part show the page again, with all that was typed.
            self.initial["agree"] = self.add_prefix("agree") in data

    @property
    def why_not(self) -> str:
        """Why it cannot stay as it was typed."""
        return _("Ask whoever sends the card if it is right like this.")

    def clean(self) -> None:
        """All that is wrong at once: the address, and that nobody agreed."""
        super().clean()
        if not self.cleaned_data.get("agree"):
            said = _("Tick this box, so that the card can be posted to you.")
            self.add_error("agree", said)
