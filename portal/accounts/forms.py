"""What people type about people."""

import zoneinfo
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import (
    password_validators_help_text_html,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.permissions import Role

_ROLES = [
    ("", _("None: only what programs give them")),
    (Role.ADMINISTRATOR.value, _("Administrator: sets up programs and people")),
    (Role.AUDITOR.value, _("Auditor: reads everything, changes nothing")),
]


class PersonFilter(forms.Form):
    q = forms.CharField(
        label=_("Name or e-mail"),
        max_length=150,
        required=False,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(
        choices=[("", _("Active")), ("deactivated", _("Deactivated"))],
        required=False,
        widget=forms.HiddenInput,
    )


class RoleForm(forms.Form):
    organisation_role = forms.ChoiceField(
        label=_("Organisation-wide role"),
        choices=_ROLES,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Managers and approvers get their role in each program."),
    )


class InviteForm(RoleForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        error_messages={"required": _("Type the person's name.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=150,
        error_messages={"required": _("Type the address the invitation goes to.")},
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The link that lets them in goes there, and only there."),
    )

    field_order = ("name", "email", "organisation_role")


class AcceptForm(forms.Form):
    """A name and a password, checked against the invited person's own details."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        error_messages={"required": _("Choose a password.")},
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )
    again = forms.CharField(
        label=_("The same password again"),
        error_messages={"required": _("Type the password a second time.")},
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        email: str,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.email = email

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        name = self.cleaned_data.get("name", "")
        validate_password(password, User(email=self.email, name=name))
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        # Compared with what was typed: a refused password needs no second message.
        if again != self["password"].data:
            raise ValidationError(_("The two passwords differ. Type both again."))
        return again


class SettingsForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text=_("Others see it beside what you do."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: _zones(),
        help_text=_("Every time in the portal is shown in it."),
    )


class ThemeForm(forms.Form):
    theme = forms.ChoiceField(choices=User.Theme.choices)


def _zones() -> list[tuple[Any, Any]]:
    names = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
    plain = [
        zone for zone in names if not zone.startswith(("Etc/", "posix/", "right/"))
    ]
    groups = groupby(plain, key=lambda zone: zone.partition("/")[0])
    default = _("The portal's own (%s)") % settings.DEFAULT_TIME_ZONE
    return [
        ("", default),
        ("UTC", "UTC"),
        *(
            (
                region,
                [(zone, zone.partition("/")[2].replace("_", " ")) for zone in zones],
            )
            for region, zones in groups
        ),
    ]
