"""Rows of a list as the page shows them: who, what, and what is to be corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs import contacts
from programs.models import RowProblem, Sheet, SheetRow
from programs.sheets import kinds, overview, postal
from programs.sheets.fields import LABELS, Field
from programs.states import ROW_STATES, State

Status = SheetRow.Status

# Whether a row takes part, as its button says and the form sends.
ACTS: Final[Mapping[str, tuple[str, str | Promise]]] = {
    Status.READY: ("exclude", gettext_lazy("Leave out")),
    Status.PROBLEM: ("exclude", gettext_lazy("Leave out")),
    Status.EXCLUDED: ("include", gettext_lazy("Take in again")),
}


@dataclass(frozen=True, slots=True)
class Keep:
    """A button that lets a finding pass."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a row with what was found in it."""

    id: str
    field: str
    label: str
    value: str
    message: str
    suggestion: str
    keeps: Sequence[Keep]
    is_error: bool

    @property
    def is_editable(self) -> bool:
        """Whether one line holds it; else the row's own page does."""
        return self.field in LABELS and "\n" not in self.value


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row in words; `cells` are the fields something was found in."""

    number: int
    url: str
    state: State
    who: str
    contacts: Sequence[str]
    has_reward: bool
    reward: str
    cells: Sequence[Cell]
    act: str
    act_label: str | Promise


def line_of(sheet: Sheet, row: SheetRow) -> RowLine:
    """`row` has its problems and its product at hand."""
    values = values_in(sheet, row)
    act, act_label = ACTS.get(row.status, ("", ""))
    return RowLine(
        number=row.number,
        url=reverse("programs:sheet_row", args=[sheet.pk, row.number]),
        state=ROW_STATES[row.status],
        who=row.name or values.get(Field.NAME, ""),
        contacts=_contacts(sheet, row, values),
        has_reward=sheet.purpose == Sheet.Purpose.REWARDS,
        reward=_reward(sheet, row),
        cells=cells_of(row, values) if act == "exclude" else [],
        act=act,
        act_label=act_label,
    )


def values_in(sheet: Sheet, row: SheetRow) -> dict[str, str]:
    """What the row says for each of our fields."""
    values = overview.shown_in(sheet, row)
    return {field: text for field, text in values.items() if field in LABELS}


def cells_of(row: SheetRow, values: Mapping[str, str]) -> list[Cell]:
    """The fields something was found in, errors first, each once."""
    found: dict[str, list[RowProblem]] = {}
    for problem in sorted(row.problems.all(), key=lambda p: (not p.is_error, p.pk)):
        found.setdefault(problem.field, []).append(problem)
    return [
        Cell(
            id=f"fix-{row.number}-{field}",
            field=field,
            label=str(LABELS[Field(field)]) if field in LABELS else "",
            value=values.get(field, ""),
            message=" ".join(kinds.message(problem) for problem in problems),
            suggestion=next((p.suggestion for p in problems if p.suggestion), ""),
            keeps=[
                Keep(problem.kind, label)
                for problem in problems
                if problem.is_error and (label := kinds.accept_label(problem.kind, 1))
            ],
            is_error=problems[0].is_error,
        )
        for field, problems in found.items()
    ]


def _contacts(sheet: Sheet, row: SheetRow, values: Mapping[str, str]) -> list[str]:
    """Where it goes, as far as that is known."""
    phone = contacts.readable(row.phone) if row.phone else ""
    found = [contact for contact in (row.email, phone) if contact]
    if row.is_postal and postal.has_address(values):
        address = postal.address_of(values, sheet.program, row.name)
        found.append(_("By post: %(address)s") % {"address": postal.one_line(address)})
    elif row.is_postal:
        found.append(_("By post"))
    return found


def _reward(sheet: Sheet, row: SheetRow) -> str:
    if row.product is None or row.value_minor is None:
        return ""
    reward = f"{row.product.name} {sheet.program.money(row.value_minor)}"
    return f"{row.quantity} × {reward}" if row.quantity > 1 else reward
