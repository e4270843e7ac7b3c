"""The paper something is printed on."""

from typing import Final

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

A4, LETTER = "a4", "letter"

_PAPERS: Final[list[tuple[str, Promise]]] = [
    (A4, gettext_lazy("A4")),
    (LETTER, gettext_lazy("Letter")),
]
_LETTER_REGIONS: Final = {"US", "CA", "MX", "PH"}


def paper_field() -> forms.ChoiceField:
    """A field that asks for it, with what is usual in our region marked."""
    return forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=_PAPERS,
        initial=_usual,
        widget=forms.RadioSelect,
    )


def _usual() -> str:
    return LETTER if settings.DEFAULT_PHONE_REGION in _LETTER_REGIONS else A4
