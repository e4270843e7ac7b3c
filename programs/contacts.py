"""E-mail addresses and mobile numbers, read as people type or paste them.

Each has one stored form, so that two people can never share it by spelling: an address
in lower case and ASCII (as every mail system takes it), a number in E.164. What is in
that form already stays as it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

import phonenumbers
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneNumberFormat,
)

# What the provider takes (provider-api: Orders, DigitalDeliveryAddress).
MOST_EMAIL: Final = 150

# Hyphens, dashes and minus signs as word processors put them.
_DASHES: Final = dict.fromkeys(
    [*range(0x2010, 0x2016), 0x2212, 0x2E3A, 0x2E3B, 0x301C, 0x30FC], "-"
)
_QUOTES: Final = dict.fromkeys([0x2018, 0x2019, 0x201B, 0x2032, 0x02BC], "'")
_STOPS: Final = dict.fromkeys([0x3002, 0xFF61], ".")
_TIDIED: Final = str.maketrans({**_DASHES, **_QUOTES, **_STOPS})
# Control, format and private characters, and halves of a pair.
_INVISIBLE: Final = {"Cc", "Cf", "Co", "Cs"}
_VARIATION_SELECTORS: Final = {chr(code) for code in range(0xFE00, 0xFE10)}


class BadContact(ValueError):
    """Not an address or number anything can be sent to; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Email:
    address: str


@dataclass(frozen=True, slots=True)
class Phone:
    number: str


def normal_email(text: str) -> str:
    """The address as it is stored. Raises BadContact. Looks nothing up."""
    typed = _without_wrapping(tidy(text))
    if not typed:
        raise BadContact(_("Enter an e-mail address."))
    if "@" not in typed:
        raise BadContact(_("Enter a whole e-mail address, such as name@example.com."))
    if typed.count("@") > 1:
        raise BadContact(_("Enter one e-mail address only."))
    if " " in typed:
        raise BadContact(_("Take the space out of the e-mail address."))
    try:
        checked = validate_email(
            typed, check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise BadContact(
            _("Check the e-mail address. %(reason)s") % {"reason": error}
        ) from error
    # allow_smtputf8=False promises that the ASCII form exists.
    address = (checked.ascii_email or "").lower()
    if len(address) > MOST_EMAIL:
        raise BadContact(
            _("Use another e-mail address: the provider takes %(most)d characters.")
            % {"most": MOST_EMAIL}
        )
    return address


def normal_phone(text: str, region: str) -> str:
    """The number in E.164; one without a country code is of `region` (ISO 3166).

    Raises BadContact for whatever is not a valid number of its country.
    """
    typed = re.sub(r"^(tel|sms|callto):", "", tidy(text), flags=re.IGNORECASE)
    if not typed:
        raise BadContact(_("Enter a mobile number."))
    if any(character.isalpha() for character in typed):
        raise BadContact(_("Enter the mobile number in digits, without words."))
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException as error:
        raise BadContact(
            _("Check the mobile number. For another country start with + and its code.")
        ) from error
    if number.extension:
        raise BadContact(_("Take the extension off: an SMS cannot reach it."))
    if not phonenumbers.is_valid_number(number):
        raise BadContact(
            _("No phone has this number. Check its digits, and its country code.")
        )
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def detect(text: str, region: str) -> Email | Phone:
    """What was typed into a field that takes either. Raises BadContact."""
    typed = tidy(text)
    if not typed:
        raise BadContact(_("Enter an e-mail address or a mobile number."))
    if "@" in typed or typed.lower().startswith("mailto:"):
        return Email(normal_email(text))
    if any(character.isdigit() for character in typed):
        return Phone(normal_phone(text, region))
    raise BadContact(
        _("Enter an e-mail address with an @, or a mobile number in digits.")
    )


def tidy(text: str) -> str:
    """The text in plain, visible characters, with single spaces and plain dashes."""
    plain = unicodedata.normalize("NFKC", text.translate(_TIDIED)).translate(_TIDIED)
    kept = (
        " " if character.isspace() else character
        for character in plain
        if character.isspace()
        or (
            unicodedata.category(character) not in _INVISIBLE
            and character not in _VARIATION_SELECTORS
        )
    )
    return " ".join("".join(kept).split())


def readable(number: str) -> str:
    """A stored number as people write it: +1 202-555-0123."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def abroad(number: str) -> list[str]:
    """The same number under every country code, as a wrong region would store it."""
    own = phonenumbers.national_significant_number(phonenumbers.parse(number))
    return [f"+{code}{own}" for code in COUNTRY_CODE_TO_REGION_CODE]


def masked(contact: str) -> str:
    """A stored address or number, recognised by its owner and of no use to others."""
    if "@" in contact:
        local, domain = contact.rsplit("@", 1)
        return f"{local[0]}•••@{domain}"
    return f"••• {contact[-4:]}"


def _without_wrapping(typed: str) -> str:
    """What mail programs put around an address, taken off."""
    if named := re.fullmatch(r"[^<>]*<([^<>]*)>[\s,;.]*", typed):
        typed = named[1].strip()
    if link := re.match(r"mailto:([^?]*)", typed, flags=re.IGNORECASE):
        typed = tidy(unquote(link[1]))
    typed = typed.strip(' <>"').rstrip(' <>",;:.')
    # A stray space beside @ or a dot is a slip; one inside a name could be two names.
    return re.sub(r"\s*([@.])\s*", r"\1", typed)
