"""What the name of a column may mean, and how surely."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Final

from programs.sheets import names, postal_names
from programs.sheets.fields import ADDRESS_PARTS, Field
from programs.sheets.names import words

# What a name costs; the least fits best. A step down in the list of names is dearer
# than all that a name can have around it.
STEP: Final = 10
_RECIPIENTS_OWN: Final = -1
_REDUCED: Final = 1
_HINTED: Final = 2
_QUALIFIED: Final = 4
# Fields of which a person may have several.
_OF_SEVERAL: Final = frozenset({Field.EMAIL, Field.PHONE})
_OF_ADDRESS: Final = frozenset({Field.ADDRESS, *ADDRESS_PARTS})


def ranks_of(name: str) -> dict[Field, int]:
    """What this name may mean, and how surely: the less the surer."""
    plain = words(name).split()
    bare = _without(plain, names.SUBJECTS | names.RECIPIENTS)
    own = _RECIPIENTS_OWN if names.RECIPIENTS & set(plain) else _REDUCED
    ranks: dict[Field, int] = {}
    for reading, cost in (
        (plain, 0),
        (_without(plain, names.ARTICLES), 0),
        (bare, own),
        (_without_hint(name), _HINTED),
    ):
        for field, step in _index().get(" ".join(reading), {}).items():
            ranks.setdefault(field, step * STEP + cost)
    plainest = " ".join(_without(bare, names.QUALIFIERS))
    for field, step in _index().get(plainest, {}).items():
        if field in _OF_SEVERAL:
            ranks.setdefault(field, step * STEP + _QUALIFIED)
    for field, rank in _of_address(bare):
        ranks.setdefault(field, rank)
    return ranks


def _of_address(bare: Sequence[str]) -> Iterator[tuple[Field, int]]:
    """Parts of an address as of the one to post to, else as of another one."""
    near = _without(bare, postal_names.POSTED_TO)
    far = _without(near, postal_names.ELSEWHERE)
    for reading, cost in ((near, _REDUCED), (far, _QUALIFIED)):
        for field, step in _index().get(" ".join(reading), {}).items():
            if field in _OF_ADDRESS:
                yield field, step * STEP + cost


def _without_hint(name: str) -> list[str]:
    """Without what stands in brackets: "Delivery date (YYYY-MM-DD)"."""
    hint = " ".join(re.findall(r"\(([^)]*)\)", name))
    if names.OTHERS & set(words(hint).split()):
        return []
    return words(re.sub(r"\([^)]*\)", " ", name)).split()


@cache
def _index() -> dict[str, dict[Field, int]]:
    """By name, with and without its articles: the fields, and how far down each is."""
    index: dict[str, dict[Field, int]] = {}
    for field, steps in (names.NAMES | postal_names.NAMES).items():
        for step, listed in enumerate(steps):
            for name in listed.split(", "):
                full = words(name)
                short = " ".join(_without(full.split(), names.ARTICLES))
                for form in filter(None, {full, short}):
                    index.setdefault(form, {}).setdefault(field, step)
    return index


def _without(plain: Sequence[str], left_out: Collection[str]) -> list[str]:
    return [word for word in plain if word not in left_out]
