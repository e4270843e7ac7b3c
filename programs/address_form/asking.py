"""The fields of an address, as their country asks for them."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from programs.addresses.fields import Field, FieldRule
from programs.addresses.pasting import MOST_PASTED

# Far beyond what is an address: longer texts are shown again and not looked at.
MOST_TYPED: Final = 500
# What tells an address from a form that was not filled in: a country is always chosen.
OWN: Final = (Field.LINE1, Field.LINE2, Field.LINE3, Field.CITY, Field.POSTAL_CODE)
_BESIDE: Final = ("paste", "choice", "reason", "seen", "act", "offer", "verdict")
_WIDTHS: Final = {Field.POSTAL_CODE: "w-20"}


class _Part(forms.CharField):
    """What is missing or too long is for the judgement to say, all of it at once.

    Of a text that is no address, the field says that by itself.
    """

    def validate(self, value: str) -> None:
        pass


def typed(
    data: "MultiValueDict[str, str]", prefix: str, unread: Collection[str] = ()
) -> dict[str, str]:
    """What was posted of an address and of the buttons around it, by its own name.

    As the fields read it, without blanks around; nothing of what is `unread`.
    """
    names = [str(name) for name in (*Field, *_BESIDE)]
    found = {name: (data.get(f"{prefix}-{name}") or "").strip() for name in names}
    return found | dict.fromkeys(unread, "")


def is_too_long(typed: Mapping[str, str]) -> bool:
    """Whether some of it is no address at all, as its fields then say."""
    parts = any(len(typed[part]) > MOST_TYPED for part in Field)
    return parts or len(typed["paste"]) > MOST_PASTED


def at_most(letters: int, *, named: int = 0) -> Callable[[str], None]:
    """Refuses longer texts; `named` is the limit it tells, if that is another one.

    A limit as an attribute would have the browser cut off what is pasted.
    """

    def check(text: str) -> None:
        if len(text) > letters:
            said = _(
                "These are %(count)s characters, and at most %(most)s are taken. "
                "Shorten it."
            )
            counts = {"most": f"{named or letters:,}", "count": f"{len(text):,}"}
            raise ValidationError(said % counts)

    return check


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
        validators=[at_most(MOST_TYPED, named=_limit(rule))],
    )


def _limit(rule: FieldRule) -> int:
    """What the provider takes; names of countries and states become its codes."""
    is_code = rule.field in (Field.COUNTRY, Field.STATE)
    return MOST_TYPED if is_code else rule.most


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
