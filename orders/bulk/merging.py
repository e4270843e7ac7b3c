"""Fields in a message, such as {first name}, put in by plain replacement.

Only the names below mean anything, and what is put in is never looked at again: data
cannot become a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from programs.sheets.fields import Field

_PLACE: Final = re.compile(r"\{([^{}]*)\}")
# What people write between the braces, and the text that stands for it.
FIELDS: Final[Mapping[str, str]] = {
    "first name": Field.FIRST_NAME,
    "last name": Field.LAST_NAME,
    "name": Field.NAME,
    "value": Field.VALUE,
    "product": Field.PRODUCT,
    "from name": Field.FROM_NAME,
    "external id": Field.EXTERNAL_ID,
    "your id": Field.EXTERNAL_ID,
}
_NAMED: Final = frozenset(FIELDS.values())


@dataclass(frozen=True, slots=True)
class Template:
    """A message taken apart: texts and the fields between them.

    `unknown` is the first name between braces that means nothing, empty if all do.
    """

    texts: tuple[str, ...]
    fields: tuple[str, ...]
    unknown: str = ""

    def lacking(self, values: Mapping[str, str]) -> str:
        """The first field the message uses and the row has no text for."""
        return next((f for f in self.fields if f in _NAMED and not values.get(f)), "")

    def filled(self, values: Mapping[str, str]) -> str:
        """The message with every field put in; unknown ones stay as they are."""
        parts = [self.texts[0]]
        for field, text in zip(self.fields, self.texts[1:], strict=True):
            parts += (values.get(field, "") if field in _NAMED else field, text)
        return "".join(parts)


@lru_cache(maxsize=256)
def template(message: str) -> Template:
    """The message taken apart, once for all rows that have it."""
    parts = _PLACE.split(message)
    names = parts[1::2]
    # A name that means nothing stands for itself.
    fields = tuple(FIELDS.get(_plain(name), f"{{{name}}}") for name in names)
    unknown = next((name for name in names if _plain(name) not in FIELDS), "")
    return Template(tuple(parts[::2]), fields, unknown)


def names(whole: str, values: Mapping[str, str]) -> tuple[str, str]:
    """First and last name: from their columns, else out of the whole name.

    "Lopez, Maria" and "Maria Lopez" are the same person.
    """
    first, last = values.get(Field.FIRST_NAME, ""), values.get(Field.LAST_NAME, "")
    if first or last or not whole:
        return first, last
    behind, comma, before = whole.partition(",")
    if comma:
        return before.strip(), behind.strip()
    first, _space, last = whole.partition(" ")
    return first, last.strip()


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").split()).casefold()
