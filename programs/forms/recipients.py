"""Forms about a person: who they are, finding them, making two records one."""

from collections.abc import Mapping
from typing import cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import contacts, merging
from programs.models import Program, Recipient

# Longer than any contact, so that the message about it is ours.
_MOST_TYPED = 500


class RecipientForm(forms.Form):
    """Name and contacts; cleaned contacts are normalised, or None."""

    region = settings.DEFAULT_PHONE_REGION
    # Not of somebody who is known by a postal address alone.
    needs_contact = True

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        required=False,
        max_length=_MOST_TYPED,
        widget=forms.TextInput({"inputmode": "email", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Mobile"),
        required=False,
        max_length=_MOST_TYPED,
        help_text=gettext_lazy("Start with + and the country code if abroad."),
        widget=forms.TextInput(
            {"inputmode": "tel", "autocomplete": "off", "class": "w-20"}
        ),
    )

    def clean_name(self) -> str:
        """With single spaces."""
        return " ".join(self.cleaned_data["name"].split())

    def clean_email(self) -> str | None:
        """Normalised, or None."""
        if not (typed := self.cleaned_data["email"]):
            return None
        try:
            return contacts.normal_email(typed)
        except contacts.BadContact as problem:
            raise ValidationError(str(problem), code="contact") from problem

    def clean_phone(self) -> str | None:
        """In E.164, or None."""
        if not (typed := self.cleaned_data["phone"]):
            return None
        try:
            return contacts.normal_phone(typed, self.region)
        except contacts.BadContact as problem:
            raise ValidationError(str(problem), code="contact") from problem

    def clean(self) -> None:
        """One way to reach them is enough, none is not."""
        typed = self.errors.keys() & {"email", "phone"}
        given = self.cleaned_data.get("email") or self.cleaned_data.get("phone")
        if self.needs_contact and not (typed or given):
            self.add_error("email", _("Enter an e-mail address or a mobile number."))


class RecipientAddForm(RecipientForm):
    program = forms.ModelChoiceField(
        label=gettext_lazy("Program"),
        queryset=Program.objects.none(),
        help_text=gettext_lazy("They are put into its address book."),
    )
    # The program says which country a number without a code is of.
    field_order = ("program", "name", "email", "phone")

    def __init__(
        self,
        programs: QuerySet[Program],
        data: QueryDict | None = None,
        *,
        program: str | None = None,
    ) -> None:
        super().__init__(data, initial={"program": program})
        choices = cast("forms.ModelChoiceField[Program]", self.fields["program"])
        choices.queryset = programs
        only = programs[:2]
        if len(only) == 1:
            self.initial["program"] = only[0].pk

    def clean_program(self) -> Program:
        """The program, whose region the number is then read in."""
        program: Program = self.cleaned_data["program"]
        self.region = program.phone_region
        return program


class RecipientEditForm(RecipientForm):
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        recipient: Recipient,
        data: Mapping[str, object] | None = None,
        *,
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.needs_contact = not recipient.is_by_post_only


class RecipientSearch(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name, e-mail or mobile"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )


class MergeForm(forms.Form):
    """Which record each differing field is taken from, as both were on the screen."""

    keep_version = forms.IntegerField(widget=forms.HiddenInput)
    other_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, keep: Recipient, other: Recipient, data: QueryDict | None = None
    ) -> None:
        versions = {"keep_version": keep.version, "other_version": other.version}
        super().__init__(data, initial=versions)
        labels = {"name": _("Name"), "email": _("E-mail"), "phone": _("Mobile")}
        for field, label in labels.items():
            mine, theirs = getattr(keep, field), getattr(other, field)
            if mine and theirs and mine != theirs:
                self.fields[field] = forms.ChoiceField(
                    label=label,
                    choices=[
                        (merging.Side.KEEP.value, _shown(field, mine)),
                        (merging.Side.OTHER.value, _shown(field, theirs)),
                    ],
                    initial=merging.Side.KEEP.value,
                    widget=forms.RadioSelect,
                )

    @property
    def take(self) -> merging.Take:
        """What was chosen; where there was nothing to choose, the kept record's."""
        chosen = {
            field: merging.Side(self.cleaned_data[field])
            for field in ("name", "email", "phone")
            if field in self.cleaned_data
        }
        return merging.Take(**chosen)


def _shown(field: str, value: str) -> str:
    return contacts.readable(value) if field == "phone" else value
