"""Finding people by any part of what is known of them, however it is typed.

Both sides are folded alike: what a recipient's `search_text` holds, and each word that
is looked for.
"""

import re
import unicodedata
from typing import Final

import phonenumbers
from django.conf import settings
from django.db.models import Q
from phonenumbers import NumberParseException, PhoneNumberFormat

from programs.contacts import tidy
from programs.models import Recipient

_MOST_TYPED: Final = 200
_MOST_WORDS: Final = 10
_MOST_KEPT: Final = Recipient._meta.get_field("search_text").max_length
_AROUND: Final = " ,;:\"'()<>[]"
# Fewer digits are no number on their own, only a part of one.
_FEWEST_DIGITS: Final = 7


def indexed(name: str, email: str | None, phone: str | None) -> str:
    """What `search_text` holds: contacts first, since only the name may be cut off."""
    parts = [email or "", *_digits_of(phone), _as_read(email), fold(name)]
    return " ".join(filter(None, parts))[:_MOST_KEPT]


def matching(text: str) -> Q:
    """Every word of the text somewhere in the person's name, e-mail or number."""
    typed = re.sub(r"^(mailto|tel|sms):", "", fold(text[:_MOST_TYPED]))
    words = [word.strip(_AROUND) for word in typed.split()]
    # A lone + or dash beside other words says nothing.
    words = [word for word in words if _has_sense(word)] or typed.split()
    found = Q()
    for word in words[:_MOST_WORDS]:
        found &= _word(word)
    if number := _whole_number(typed):
        found |= Q(search_text__contains=number)
    return found


def fold(text: str) -> str:
    """Without case and accents, in plain characters: José and JOSE are the same."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()).lower()
    parted = unicodedata.normalize("NFKD", tidy(text).casefold())
    bare = "".join(c for c in parted if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare).translate(_western_digits(bare))


def _word(word: str) -> Q:
    found = Q(search_text__contains=word)
    if not re.fullmatch(r"[\d().+/-]+", word):
        return found
    digits = re.sub(r"\D", "", word)
    found |= Q(search_text__contains=digits)
    if len(digits) > 2 and digits.startswith("00"):
        found |= Q(search_text__contains=digits[2:])
    return found


def _whole_number(typed: str) -> str:
    """The international digits of a text that is one phone number, else nothing."""
    digits = re.sub(r"\D", "", typed)
    if len(digits) < _FEWEST_DIGITS or not re.fullmatch(r"[\d\s().+/-]+", typed):
        return ""
    dialled = f"+{digits[2:]}" if digits.startswith("00") else typed
    try:
        number = phonenumbers.parse(dialled, settings.DEFAULT_PHONE_REGION)
    except NumberParseException:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)[1:]


def _digits_of(phone: str | None) -> tuple[str, ...]:
    """In full, and as dialled at home where that is no part of it: 07400123456."""
    if not phone:
        return ()
    if phone.startswith("+1"):
        # At home without its one, which is a part of it; parsing says the same later.
        return (phone[1:],)
    number = phonenumbers.parse(phone)
    home = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    full, short = phone[1:], re.sub(r"\D", "", home)
    return (full,) if short in full else (full, short)


def _as_read(email: str | None) -> str:
    """The address with its domain in its own letters, where it has such."""
    if not email or "xn--" not in email:
        return ""
    local, domain = email.rsplit("@", 1)
    try:
        return fold(f"{local}@{domain.encode().decode('idna')}")
    except UnicodeError:
        return ""


def _has_sense(word: str) -> bool:
    return any(character.isalnum() for character in word)


def _western_digits(text: str) -> dict[int, str]:
    return {ord(c): str(unicodedata.decimal(c)) for c in text if c.isdecimal()}
