"""What a delivered link can have that was ordered otherwise, and how that is told."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from portal.provider.types import ClaimData

# A longer address would not fit a printed code.
_LONGEST_LINK: Final = 2000


class Flaw(StrEnum):
    NONE = ""
    NO_LINK = "no link"
    BAD_LINK = "bad link"
    NO_ANSWER = "no answer"
    REPEATED = "repeated"
    SURPLUS = "surplus"
    CANCELLED = "cancelled"


def of_link(data: ClaimData) -> Flaw:
    """What is wrong with a link by itself."""
    if not data.link:
        return Flaw.NO_LINK
    if not _is_web_address(data.link):
        return Flaw.BAD_LINK
    return Flaw.NONE if data.challenge_answer else Flaw.NO_ANSWER


def explain(flaw: Flaw) -> str:
    """The problem of one claim, with the remedy; nothing where there is none."""
    if not flaw:
        return ""  # As for nearly all: no sentence is looked up for them.
    sentences = {
        Flaw.NO_LINK: _("The provider sent no link. Ask it to deliver this card."),
        Flaw.BAD_LINK: _(
            "What the provider sent is not a web address. Ask it for another link."
        ),
        Flaw.NO_ANSWER: _(
            "It came without its challenge answer, so it opens nothing. "
            "Ask the provider for the answer."
        ),
        Flaw.REPEATED: _(
            "Another card has the same link, which is good once. "
            "Ask the provider for another."
        ),
        Flaw.SURPLUS: _(
            "It is one more than was ordered. Ask the provider whether it is charged."
        ),
        Flaw.CANCELLED: _(
            "The provider cancelled the card after it was delivered. "
            "Ask there for the money."
        ),
    }
    return sentences[flaw]


def summary(*, good: int, asked: int, missing: int, found: Mapping[Flaw, int]) -> str:
    """The problem of a whole placement, by numbers alone."""
    named = (
        (_("%(n)s missing"), missing),
        (_("%(n)s without a link"), found.get(Flaw.NO_LINK, 0)),
        (_("%(n)s not a web address"), found.get(Flaw.BAD_LINK, 0)),
        (_("%(n)s without an answer"), found.get(Flaw.NO_ANSWER, 0)),
        (_("%(n)s repeated"), found.get(Flaw.REPEATED, 0)),
        (_("%(n)s too many"), found.get(Flaw.SURPLUS, 0)),
    )
    told = ", ".join(words % {"n": f"{n:,}"} for words, n in named if n)
    if not told:
        return ""
    sentence = _(
        "%(good)s of %(asked)s links came as ordered: %(told)s. Ask the provider; what "
        "it puts right is taken over by itself."
    )
    return (sentence % {"good": f"{good:,}", "asked": f"{asked:,}", "told": told})[:250]


def _is_web_address(link: str) -> bool:
    if len(link) > _LONGEST_LINK or not (link.isascii() and link.isprintable()):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
