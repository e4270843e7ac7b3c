"""An address as the lines of a label, in the order of its country."""

import re
from typing import Final

from programs.addresses import rules
from programs.addresses.characters import Sort, fold, found
from programs.addresses.countries import name_of
from programs.addresses.fields import Address
from programs.addresses.rules import Rules

_PARTS: Final = re.compile(r"(%[A-Z])")


def label_lines(address: Address, *, home: str) -> list[str]:
    """The lines of a normal address, with its country in English unless it is `home`.

    An address in its country's own script has the order of that script. Raises
    KeyError for a country whose rules are unknown.
    """
    known = rules.of(address.country)
    is_own = known.has_own_script and any(
        found(text, Sort.FOREIGN) for text in (*address.lines, address.city)
    )
    layout = known.own_layout if is_own else known.layout
    values = _values(address, known, is_own=is_own)
    printed = [
        line
        for template in layout.split("%n")
        for line in _line(template, values).split("\n")
        if line
    ]
    if address.country != home:
        printed.append(name_of(address.country).upper())
    return printed


def _values(address: Address, known: Rules, *, is_own: bool) -> dict[str, str]:
    """What the letters of the layout stand for."""
    lines = list(filter(None, address.lines))
    city, state = address.city, _state(address, known, is_own=is_own)
    if known.has("C"):
        # Dubai in Dubai: once is enough.
        state = "" if fold(state) == fold(city) else state
    elif fold(city) not in {fold(state), fold(name_of(known.country))}:
        # The post counts it among the lines, the largest first in the own script.
        lines = [city, *lines] if is_own else [*lines, city]
    values = {
        "%N": address.name,
        "%A": "\n".join(lines),
        "%C": city,
        "%S": state,
        "%Z": address.postal_code,
    }
    return {
        letter: value.upper() if letter[1] in known.upper else value
        for letter, value in values.items()
    }


def _state(address: Address, known: Rules, *, is_own: bool) -> str:
    state = known.state(address.state)
    if state is None:
        return address.state
    return state.own_name if is_own else state.label_name


def _line(template: str, values: dict[str, str]) -> str:
    """One line of the layout; the text between two parts needs both of them."""
    parts = [part for part in _PARTS.split(template) if part]
    kept: list[str] = []
    follows_part = not template.startswith("%")
    for part, following in zip(parts, [*parts, ""][1:], strict=True):
        if _PARTS.fullmatch(part):
            kept.append(values.get(part, ""))
            follows_part = follows_part or bool(kept[-1])
        elif follows_part and (not following or values.get(following)):
            kept.append(part)
            follows_part = False
    return "".join(kept).strip()
