"""What the columns of a list are taken for, and how sure that is."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from programs.sheets.fields import OF_POST, Field

# How a column was found.
NAME: Final = "name"
CONTENT: Final = "content"
REMEMBERED: Final = "remembered"
# As this list itself was read until its columns were to be changed.
BEFORE: Final = "before"

_REACHED: Final = frozenset({Field.EMAIL, Field.PHONE})

Columns: TypeAlias = Sequence[str]
Samples: TypeAlias = Sequence[Sequence[str]]


@dataclass(slots=True)
class Proposal:
    """Which column holds which field, how that was found, and what is left open.

    `ambiguous` gives the columns that fit a field equally well. `missing` names what a
    list needs and nothing fits; a missing e-mail stands for any way to reach people.
    """

    mapping: dict[str, int] = dataclasses.field(default_factory=dict)
    how: dict[str, str] = dataclasses.field(default_factory=dict)
    ambiguous: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    missing: list[str] = dataclasses.field(default_factory=list)

    @property
    def is_sure(self) -> bool:
        """Whether nobody has to look at it: money is never guessed by content.

        Where people live is in many lists that go by e-mail, and then needs nobody.
        """
        guessed = self.how.get(Field.VALUE) == CONTENT
        doubts = set(self.ambiguous)
        if self.mapping.keys() & _REACHED and Field.WAY not in self.mapping:
            doubts -= OF_POST
        return not (doubts or self.missing or guessed)

    def take(self, field: Field, columns: Sequence[int], how: str) -> None:
        if len(columns) > 1:
            self.ambiguous[field] = list(columns)
        elif columns:
            self.mapping[field] = columns[0]
            self.how[field] = how

    def is_open(self, field: Field) -> bool:
        return field not in self.mapping and field not in self.ambiguous

    def free(self, columns: Columns) -> list[int]:
        taken = {*self.mapping.values(), *chain(*self.ambiguous.values())}
        return [column for column in range(len(columns)) if column not in taken]
