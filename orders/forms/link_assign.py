"""Forms that say who gets a link: one person, a few pasted lines, or a list."""

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.forms.cards import ONE_LINE
from programs import contacts
from programs.models import Sheet
from programs.sheets.people import Person

MOST_LINES = 50
# What has fewer is no mobile number, but a name such as "Team 7".
_LEAST_DIGITS = 5


class AssignForm(forms.Form):
    """One person; `person` holds them once it is valid."""

    contact = forms.CharField(
        label=gettext_lazy("E-mail or mobile"),
        max_length=200,
        help_text=gettext_lazy("Somebody new, or anybody on record."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        validators=[ONE_LINE],
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "w-20"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    person: Person

    def __init__(self, *args: Any, region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._region = region

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "contact" in cleaned and "name" in cleaned:
            try:
                self.person = _person(cleaned["name"], cleaned["contact"], self._region)
            except contacts.BadContact as bad:
                self.add_error("contact", str(bad))
        return cleaned


class LinesForm(forms.Form):
    """A few people, one a line; `people` holds them once it is valid."""

    lines = forms.CharField(
        label=gettext_lazy("People"),
        strip=False,
        help_text=gettext_lazy(
            "One person a line, such as: Riley Reed, riley@example.com. "
            "For more than 50 bring a list."
        ),
        widget=forms.Textarea({"rows": 6, "autocomplete": "off"}),
    )

    people: list[Person]

    def __init__(self, *args: Any, region: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._region = region

    def clean_lines(self) -> str:
        """What was typed; every line that makes no sense is named."""
        typed: str = self.cleaned_data["lines"]
        self.people, self._numbers, problems = [], [], []
        for number, line in enumerate(typed.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                self.people.append(_read(line, self._region))
                self._numbers.append(number)
            except contacts.BadContact as bad:
                problems.append(_numbered(number, str(bad)))
        if len(self.people) + len(problems) > MOST_LINES:
            problems = [_("These are more than 50 lines. Bring them as a list.")]
        if problems:
            raise ValidationError(problems)
        return typed

    def refuse(self, problems: dict[int, str]) -> None:
        """Say what is wrong with some people, at the lines they stand in."""
        self.add_error(
            "lines",
            [
                ValidationError(_numbered(self._numbers[position], problem))
                for position, problem in sorted(problems.items())
            ],
        )


class ListForm(forms.Form):
    """A list of the program that was brought before."""

    sheet = forms.ChoiceField(label=gettext_lazy("List"))

    def __init__(self, sheets: Sequence[Sheet], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sheets = {str(sheet.pk): sheet for sheet in sheets}
        field = cast(forms.ChoiceField, self.fields["sheet"])
        called = [(pk, _called(sheet)) for pk, sheet in self.sheets.items()]
        field.choices = [("", _("Choose a list")), *called]

    def clean_sheet(self) -> Sheet:
        """The list, if a batch could hold its people."""
        sheet = self.sheets[self.cleaned_data["sheet"]]
        if sheet.rows_total > settings.LINKS_MOST:
            raise ValidationError(
                _(
                    "This list has %(rows)s rows, and a batch at most %(most)s links. "
                    "Bring a shorter list."
                )
                % {
                    "rows": f"{sheet.rows_total:,}",
                    "most": f"{settings.LINKS_MOST:,}",
                }
            )
        return sheet


def _called(sheet: Sheet) -> str:
    return _("%(name)s (%(rows)s rows)") % {
        "name": sheet.name,
        "rows": f"{sheet.rows_total:,}",
    }


def _numbered(number: int, problem: str) -> str:
    return _("Line %(number)d: %(problem)s") % {"number": number, "problem": problem}


def _read(line: str, region: str) -> Person:
    """A line such as "Riley Reed, riley@example.com". Raises contacts.BadContact."""
    if named := re.fullmatch(r"([^<>]+)<([^<>]+)>", line.strip()):
        return _person(named[1].rstrip(" \t,;"), named[2], region)
    parts = [part.strip() for part in re.split(r"[,;\t]", line) if part.strip()]
    with_contact = [part for part in parts if "@" in part] or [
        part for part in parts if len(re.findall(r"\d", part)) >= _LEAST_DIGITS
    ]
    if len(with_contact) != 1 or len(parts) < 2:
        raise contacts.BadContact(
            _("Write a name, a comma, and one e-mail address or mobile number.")
        )
    name = ", ".join(part for part in parts if part is not with_contact[0])
    return _person(name, with_contact[0], region)


def _person(name: str, contact: str, region: str) -> Person:
    """Raises contacts.BadContact."""
    tidied = contacts.tidy(name)
    if len(tidied) > 150:
        raise contacts.BadContact(_("Use a name of at most 150 characters."))
    match contacts.detect(contact, region):
        case contacts.Email(address):
            return Person(tidied, address, "")
        case contacts.Phone(number):
            return Person(tidied, "", number)
