"""The fields of an address, as their country asks for them."""

from typing import Final

from django import forms
from django.utils.translation import gettext as _

from programs.addresses.fields import Field, FieldRule

_WIDTHS: Final = {Field.POSTAL_CODE: "w-20"}


class _Part(forms.CharField):
    """What is missing or too long is for the judgement to say, all of it at once."""

    def validate(self, value: str) -> None:
        pass


def field_for(rule: FieldRule, value: str) -> forms.CharField:
    """A field that asks for one part; a value that is none of its choices stays one."""
    attributes = {"autocomplete": rule.autocomplete}
    if rule.field in _WIDTHS:
        attributes["class"] = _WIDTHS[rule.field]
    widget: forms.Widget = forms.TextInput(attributes)
    if rule.choices:
        widget = forms.Select(attributes, choices=_choices(rule, value))
    return _Part(
        label=str(rule.label),
        required=rule.is_required,
        help_text=_hint(rule),
        widget=widget,
    )


def _choices(rule: FieldRule, value: str) -> list[tuple[str, str]]:
    choices = list(rule.choices)
    if rule.field != Field.COUNTRY:
        choices.insert(0, ("", _("Choose…")))
    if value not in dict(choices):
        choices.append((value, value))
    return choices


def _hint(rule: FieldRule) -> str:
    if rule.is_required and not rule.is_postal:
        return _("Addresses there have none. The provider asks for it all the same.")
    return _("Like %(example)s.") % {"example": rule.example} if rule.example else ""
