"""Two versions of an address side by side, with what differs marked."""

from dataclasses import dataclass, field
from difflib import SequenceMatcher

from programs.addresses.fields import Address, Field


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one version; changed pieces are not in the other."""

    text: str = field(repr=False)
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of both versions, in pieces that are read with spaces between."""

    field: Field
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        return any(piece.is_changed for piece in (*self.before, *self.after))


def difference(before: Address, after: Address) -> list[Compared]:
    """Every field that either version fills, changed or not, in the order of Field."""
    return [
        _compared(part, before[part].split(), after[part].split())
        for part in Field
        if before[part] or after[part]
    ]


def _compared(part: Field, old: list[str], new: list[str]) -> Compared:
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    return Compared(
        part,
        before=tuple(
            Piece(" ".join(old[start:end]), step != "equal")
            for step, start, end, _from, _to in steps
            if end > start
        ),
        after=tuple(
            Piece(" ".join(new[start:end]), step != "equal")
            for step, _from, _to, start, end in steps
            if end > start
        ),
    )
