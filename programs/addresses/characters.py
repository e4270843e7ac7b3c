"""Characters of an address: which are tidied away, which no label can show."""

import re
import unicodedata
from enum import Enum
from functools import lru_cache
from typing import Final

# Letters, digits and marks as wide as ideographs, and the space among them.
_NARROWED: Final[dict[int, int | str]] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    0x3000: " ",
}
_VARIATION_SELECTORS: Final = range(0xFE00, 0xFE10)
# Control, unassigned and private characters, and halves of a pair.
_NO_CHARACTERS: Final = {"Cc", "Cn", "Co", "Cs"}
_PICTURES: Final = (range(0x2190, 0x2C00), range(0x1F000, 0x20000))
# Letters that are no other letter with a mark, and are typed as one all the same.
_LIKE: Final = str.maketrans("ıłøđ", "ilod")
_PLAIN: Final = re.compile(r"[ -~]*").fullmatch
# Longer than any name of a country or state: it is not worth remembering.
_MOST_REMEMBERED: Final = 100


class Sort(Enum):
    PLAIN = "plain"
    # Of another script than Latin: some printers have it, some do not.
    FOREIGN = "foreign"
    CONTROL = "control"
    # Emoji, arrows, dingbats.
    PICTURE = "picture"


def tidy(text: str) -> str:
    """The text in composed, visible characters with single spaces.

    Control characters stay, for `found` to see: they are no slip of copying.
    """
    if not text.isascii():
        # What is invisible may stand between a letter and its accent.
        visible = "".join(filter(_is_visible, text.translate(_NARROWED)))
        text = unicodedata.normalize("NFC", visible)
    return " ".join(text.split())


def found(text: str, sort: Sort) -> str:
    """The characters of this sort in the text, each once."""
    if _PLAIN(text):
        return ""
    return "".join(dict.fromkeys(c for c in text if _sort_of(c) is sort))


def fold(text: str) -> str:
    """What two spellings of one name have in common: "N.Y.", "ny"; "México", "MEXICO".

    Letters of any script and digits stay, in words.
    """
    return _folded(text) if len(text) > _MOST_REMEMBERED else _remembered(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    text = text.replace(".", "").replace("’", "").replace("'", "").replace("&", " and ")
    folded = text.casefold().translate(_LIKE)
    letters = (
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(character)
    )
    return " ".join("".join(letters).split())


def _is_visible(character: str) -> bool:
    return (
        unicodedata.category(character) != "Cf"
        and ord(character) not in _VARIATION_SELECTORS
    )


@lru_cache(maxsize=4096)
def _sort_of(character: str) -> Sort:
    code, category = ord(character), unicodedata.category(character)
    if category in _NO_CHARACTERS:
        return Sort.CONTROL
    if category == "Me" or any(
        code in pictures and category in {"So", "Sm", "Sk"} for pictures in _PICTURES
    ):
        return Sort.PICTURE
    if code < 0x100 or category[0] not in "LN" or category == "Lm":
        return Sort.PLAIN
    is_latin = unicodedata.name(character, "").startswith("LATIN ")
    return Sort.PLAIN if is_latin else Sort.FOREIGN
