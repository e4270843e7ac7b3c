"""A whole address, as people paste it, taken apart into fields.

Nothing of what was pasted is lost: what has no certain place is handed back. The end is
read first, country, postcode, state and city; what stands before is name and lines.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from programs.addresses import premises
from programs.addresses.characters import fold, tidy
from programs.addresses.country_ends import Part, country_named
from programs.addresses.endings import Ending, read_ending
from programs.addresses.fields import LINES, MOST, Address, Field
from programs.addresses.normal import normalise

# Far beyond any address; what comes after is handed back unread.
MOST_PASTED: Final = 2000
_BREAKS: Final = re.compile(r"[\r\n\v\f\t|;•·\x1c-\x1e\x85\u2028\u2029]")
_LABEL: Final = re.compile(
    r"(?:tel|phone|telephone|mobile|mob|cell|fax|telefon|tél|téléphone|mobil|"
    r"e-?mail)\b[.:\s]",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(r"[+(]?[\d(][\d\s()./-]*")
# With fewer digits, it could be a postcode.
_FEWEST_OF_PHONE: Final = 10
# On a line of their own before the name.
_SALUTATIONS: Final = frozenset(
    {"an", "frau", "herr", "herrn", "m", "madame", "mme", "monsieur", "mr", "mrs", "ms"}
)
_HOUSE: Final = re.compile(r"\d{1,5}\s?[A-Za-z]?(?:\s*[-/]\s*\d{1,5})?(?:\s+-\s.*)?")


@dataclass(frozen=True, slots=True)
class Pasted:
    """`split` holds the words of the text where they were put, codes and all unchanged.

    `country` is the code the text was read by; empty if it names none and fits none.
    `leftover` are the pieces that found no place, in their order.
    """

    split: Address
    country: str
    leftover: tuple[str, ...] = field(default=(), repr=False)

    @property
    def address(self) -> Address:
        """The same in its stored form, for the fields of a form."""
        return normalise(replace(self.split, country=self.country))


def paste(text: str, *, country: str) -> Pasted:
    """Take a pasted address apart; one that names no country may be of `country`.

    Reads the formats of the United States, Canada, the United Kingdom, Germany and
    France, and of others by the order in which they write city, state and postcode.
    """
    unread = text[MOST_PASTED:].strip()
    parts, contacts = _parted(text[:MOST_PASTED])
    parts, typed_country, code = country_named(parts, home=country)
    ending = read_ending(parts, country=code, home=country)
    name, lines, surplus = _name_and_lines(_rejoined(ending.parts), ending)
    line1, line2, line3 = (*lines, "", "", "")[:3]
    split = Address(
        country=typed_country,
        name=name,
        line1=line1,
        line2=line2,
        line3=line3,
        city=ending.city,
        state=ending.state,
        postal_code=ending.postal_code,
    )
    leftover = (*surplus, *ending.leftover, *contacts, unread)
    return Pasted(split, ending.country, tuple(filter(None, leftover)))


def _parted(text: str) -> tuple[list[Part], list[str]]:
    """Parts between line breaks and commas; and contacts, which have no field."""
    parts: list[Part] = []
    contacts: list[str] = []
    for number, piece in enumerate(_BREAKS.split(text)):
        line = tidy(piece)
        if _is_contact(line):
            contacts.append(line)
            continue
        words = line.split()
        contacts += [word for word in words if "@" in word]
        line = " ".join(word for word in words if "@" not in word)
        texts = (comma.strip() for comma in line.split(","))
        parts += [Part(text, number) for text in texts if text]
    return parts, contacts


def _is_contact(line: str) -> bool:
    """A labelled or long telephone number, or a heading such as "Ship to:"."""
    digits = sum(map(str.isdigit, line))
    return (
        bool(_LABEL.match(line))
        or line.endswith(":")
        or (digits >= _FEWEST_OF_PHONE and bool(_PHONE.fullmatch(line)))
    )


def _rejoined(parts: list[Part]) -> list[str]:
    """The lines as they were; commas part lines only where nothing else does."""
    is_one_line = len({part.line for part in parts}) == 1
    lines: list[str] = []
    last = -1
    for part in parts:
        belongs = _HOUSE.fullmatch(part.text) if is_one_line else part.line == last
        if lines and belongs:
            lines[-1] = f"{lines[-1]}, {part.text}"
        else:
            lines.append(part.text)
        last = part.line
    return lines


def _name_and_lines(
    texts: list[str], ending: Ending
) -> tuple[str, list[str], list[str]]:
    """Whoever stands before the first line with a number; and lines too many."""
    name = ""
    if texts and _is_name(texts, ending.country):
        name, *texts = texts
    if fold(name) in _SALUTATIONS and texts and _is_name(texts, ending.country):
        name, *texts = f"{name} {texts[0]}", *texts[1:]
    while len(texts) > len(LINES):
        # The two shortest neighbours share a line, if there is room for both.
        at = min(range(len(texts) - 1), key=lambda i: len(texts[i]) + len(texts[i + 1]))
        if len(joined := ", ".join(texts[at : at + 2])) > MOST[Field.LINE1]:
            break
        texts[at : at + 2] = [joined]
    return name, texts[: len(LINES)], texts[len(LINES) :]


def _is_name(texts: list[str], country: str) -> bool:
    first, *rest = texts
    if premises.may_be_house(first) or premises.names_unit(first):
        return False
    # Alone it may be a house with a name, where there are such.
    return bool(rest) or premises.lacks_number([first], country)
