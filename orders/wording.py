"""What the recipient will read: of the provider's messages as near as we can tell."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

# GSM 03.38: characters that take one septet, and those that take two.
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE: Final = frozenset("^{}\\[~]|€")
# A link of the provider's takes about this many characters.
_LINK: Final = "https://example.com/r/xxxxxxxx"


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message with its length in characters and in billed segments."""

    body: str
    characters: int
    segments: int


@dataclass(frozen=True, slots=True)
class Mail:
    sender: str
    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """What a link to the portal shows before its card is claimed."""

    sender: str
    program: str
    message: str
    card: str
    last_day: date | None


def mail(*, to: str, from_name: str, message: str, card: str) -> Mail:
    """The e-mail; the provider adds its own design and the link."""
    return Mail(
        sender=from_name,
        to=to,
        subject=_("%(sender)s sent you a %(card)s gift card")
        % {"sender": from_name, "card": card},
        body=message or _("You have a gift card waiting."),
    )


def sms(*, from_name: str, message: str, card: str) -> Sms:
    """The text message, with a link of the usual length."""
    body = _("%(sender)s: %(message)s Your %(card)s gift card: %(link)s") % {
        "sender": from_name,
        "message": message,
        "card": card,
        "link": _LINK,
    }
    body = " ".join(body.split())
    return Sms(body, len(body), segments(body))


def segments(body: str) -> int:
    """How many text messages a body takes (GSM 03.38, else UCS-2)."""
    if all(letter in _GSM or letter in _GSM_TWICE for letter in body):
        units = len(body) + sum(letter in _GSM_TWICE for letter in body)
        single, each = 160, 153
    else:
        units = len(body.encode("utf-16-be")) // 2
        single, each = 70, 67
    return 1 if units <= single else -(-units // each)
