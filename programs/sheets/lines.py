"""A row while it is being checked, and what a check finds."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from programs.addresses.checking import Judgement
from programs.models import Product, Recipient, Sheet
from programs.sheets.fields import Field


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `kind` names its words, `suggestion` a safe repair of the field."""

    kind: str
    field: str
    is_error: bool = True
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    suggestion: str = ""


@dataclass(slots=True)
class Line:
    """What a row says, field by field, and what the checks make of it.

    Contacts are normalised or empty; `value_minor` is in the program's currency. Of
    rows by post, `address` is judged, None without one; `resident` tells the person of
    those who have no contact, and is empty for all others.
    """

    number: int
    cells: Sequence[str]
    values: Mapping[str, str]
    fixes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    name: str = ""
    email: str = ""
    phone: str = ""
    recipient: Recipient | None = None
    product_id: int | None = None
    value_minor: int | None = None
    quantity: int = 1
    fingerprint: str = ""
    # What the name of its product stands for, or what is wrong with that.
    named: Product | Problem | None = None
    is_postal: bool = False
    address: Judgement | None = None
    resident: str = ""
    problems: list[Problem] = dataclasses.field(default_factory=list)

    @property
    def product(self) -> Product | None:
        """What it gives, as far as that is known."""
        return None if isinstance(self.named, Problem) else self.named

    @property
    def is_ready(self) -> bool:
        """Whether nothing keeps the row back."""
        return not any(problem.is_error for problem in self.problems)


class HasContacts(Protocol):
    @property
    def email(self) -> str: ...
    @property
    def phone(self) -> str: ...


def person_field(row: HasContacts) -> Field:
    """The field that says who a row is for."""
    return Field.EMAIL if row.email else Field.PHONE if row.phone else Field.NAME


class Check(Protocol):
    """Looks at some rows of one list at once and adds what it finds; few queries."""

    def __call__(self, sheet: Sheet, lines: Sequence[Line], /) -> None: ...
