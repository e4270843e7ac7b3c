"""The form that gives a person a role in a program."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.permissions import Role


class MemberForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail of the person"),
        max_length=150,
        help_text=gettext_lazy("The address they sign in with."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Role.choices, widget=forms.RadioSelect
    )

    user: User | None = None

    def clean_email(self) -> str:
        """The address, of somebody who is kept in `user`."""
        email: str = self.cleaned_data["email"]
        self.user = User.objects.filter(email__iexact=email, is_active=True).first()
        if self.user is None:
            raise ValidationError(
                _(
                    "Nobody signs in with this address. "
                    "Ask an administrator to invite them first."
                )
            )
        return email
