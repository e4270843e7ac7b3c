"""Who a row is for: contacts in their stored form, a name, and whether we know them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from programs import contacts, lookups
from programs.contacts import BadContact
from programs.models import Recipient, Sheet
from programs.sheets import fast_contacts, mail_typos, postal
from programs.sheets.fields import Field
from programs.sheets.languages import language_of
from programs.sheets.lines import Line, Problem
from programs.sheets.offers import tries_contact

MOST_NAME: Final = 150
# What a stored problem shows of a cell; a cell may hold a book.
_MOST_SHOWN: Final = 100
_MOST: Final = {
    Field.NAME: MOST_NAME,
    Field.EXTERNAL_ID: 100,
    Field.CONSENT_SOURCE: 500,
}
_LONGEST_CODE: Final = 3


def find_contacts(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Read e-mail and mobile; one that stands in the other's column is moved.

    A row with an address to post to needs neither: there they say who somebody is, and
    what is wrong with them keeps nothing back.
    """
    region = sheet.program.phone_region
    for line in lines:
        email = line.values.get(Field.EMAIL, "")
        phone = line.values.get(Field.PHONE, "")
        if line.is_postal:
            email = email if tries_contact(email) else ""
            phone = phone if tries_contact(phone) else ""
        if email and "@" not in email and not phone and _is_number(email, region):
            email, phone = "", email
        elif phone and "@" in phone and not email:
            email, phone = phone, ""
        before = len(line.problems)
        if email:
            _read_email(line, email)
        if phone:
            _read_phone(line, phone, region)
        if line.is_postal and postal.has_address(line.values):
            found = line.problems[before:]
            line.problems[before:] = [replace(each, is_error=False) for each in found]
        elif not line.is_postal and not email and not phone:
            line.problems.append(Problem("no_contact", Field.EMAIL))


def find_names(sheet: Sheet, lines: Sequence[Line]) -> None:
    """The name in one piece or two, else what comes nearest to one.

    A label needs the name itself, which may stand in front of the whole address.
    """
    for line in lines:
        values = line.values
        name = values.get(Field.NAME, "")
        if not name and (Field.FIRST_NAME in values or Field.LAST_NAME in values):
            first = values.get(Field.FIRST_NAME, "")
            name = f"{first} {values.get(Field.LAST_NAME, '')}".strip()
        if not name and line.is_postal:
            name = postal.written(values, sheet.program).address.name
        if not (name.isascii() and name.isprintable() and "  " not in name):
            name = contacts.tidy(name)
        if not name and not line.is_postal:
            name = _instead(line)
            params = {"used": name}
            line.problems.append(Problem("name_missing", Field.NAME, False, params))
        line.name = name[:MOST_NAME]
        if len(name) > MOST_NAME:
            line.problems.append(_too_long(Field.NAME, MOST_NAME))


def find_rest(_sheet: Sheet, lines: Sequence[Line]) -> None:
    """Values that fit where they are kept, and a language there is."""
    for line in lines:
        values = line.values
        for field, most in _MOST.items():
            if field is not Field.NAME and len(values.get(field, "")) > most:
                line.problems.append(_too_long(field, most))
        language = values.get(Field.LANGUAGE, "")
        if language and not language_of(language):
            params = {"typed": language[:_MOST_SHOWN]}
            line.problems.append(Problem("language", Field.LANGUAGE, False, params))


def find_recipients(_sheet: Sheet, lines: Sequence[Line]) -> None:
    """Whom we know by e-mail or number; two queries."""
    by_email = _holders("email", [line.email for line in lines if line.email])
    by_phone = _holders("phone", [line.phone for line in lines if line.phone])
    if not by_email and not by_phone:
        return
    for line in lines:
        one, other = by_email.get(line.email), by_phone.get(line.phone)
        line.recipient = one or other
        if one and other and one.pk != other.pk:
            line.problems.append(Problem("two_people", Field.PHONE))


def _holders(field: str, values: Sequence[str]) -> dict[str, Recipient]:
    columns = ("id", "name", "email", "phone")
    found = lookups.find(Recipient, columns, field, values)
    people = (
        Recipient(pk=pk, name=name, email=email, phone=phone)
        for pk, name, email, phone in found
    )
    return {getattr(person, field): person for person in people}


def _read_email(line: Line, typed: str) -> None:
    try:
        line.email = fast_contacts.email(typed)
    except BadContact as problem:
        params = {"reason": str(problem)}
        line.problems.append(Problem("bad_email", Field.EMAIL, params=params))
        return
    local, _at, domain = line.email.rpartition("@")
    if meant := mail_typos.meant(domain):
        kind = f"email_typo:{mail_typos.variant(meant)}"
        params = {"typed": domain[:_MOST_SHOWN]}
        suggestion = f"{local}@{meant}"
        line.problems.append(
            Problem(kind, Field.EMAIL, params=params, suggestion=suggestion)
        )


def _read_phone(line: Line, typed: str, region: str) -> None:
    try:
        line.phone = fast_contacts.phone(typed, region)
    except BadContact as problem:
        found = set(_with_code(typed, region))
        if len(found) == 1:
            number = found.pop()
            kind = f"phone_code:{_code_of(number)}"
            line.problems.append(Problem(kind, Field.PHONE, suggestion=number))
        else:
            params = {"reason": str(problem)}
            line.problems.append(Problem("bad_phone", Field.PHONE, params=params))


def _with_code(typed: str, region: str) -> Iterator[str]:
    """The number as it is valid with a + before it, or with +1: a code left off."""
    digits = re.sub(r"\D", "", contacts.tidy(typed)[:_MOST_SHOWN])
    for candidate in (f"+{digits.lstrip('0')}", f"+1{digits}"):
        try:
            yield contacts.normal_phone(candidate, region)
        except BadContact:
            continue


def _code_of(number: str) -> str:
    """The country code of a stored number, with its +."""
    return next(
        number[: length + 1]
        for length in range(1, _LONGEST_CODE + 1)
        if int(number[1 : length + 1]) in COUNTRY_CODE_TO_REGION_CODE
    )


def _is_number(text: str, region: str) -> bool:
    try:
        fast_contacts.phone(text, region)
    except BadContact:
        return False
    return True


def _instead(line: Line) -> str:
    """What stands for the name that a row lacks."""
    to_name = contacts.tidy(line.values.get(Field.TO_NAME, ""))
    return to_name or line.email.partition("@")[0] or line.phone or _("Recipient")


def _too_long(field: Field, most: int) -> Problem:
    return Problem("too_long", field, params={"most": str(most)})
