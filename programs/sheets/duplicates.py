"""Rows of one list that are for the same person, and what only their sum shows."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple, Protocol

from django.db.models import Count, QuerySet

from programs import lookups
from programs.models import Sheet, SheetRow
from programs.sheets import kinds, postal
from programs.sheets.lines import Problem, person_field

# What says that two rows are for the same person.
BY: Final = ("email", "phone", "recipient_id", "resident")

# Finding which values are shared reads the whole list.
_PAGE: Final = 5000


class Member(NamedTuple):
    """A row of a group, as the checks across rows see it."""

    pk: int
    number: int
    status: str
    email: str
    phone: str
    recipient_id: int | None
    resident: str
    product_id: int | None
    value_minor: int | None
    quantity: int
    fixes: Mapping[str, str]

    @property
    def is_taken(self) -> bool:
        return self.status == SheetRow.Status.TAKEN

    def has_accepted(self, kind: str) -> bool:
        return kinds.is_accepted(kind, self.fixes)


Group = Sequence[Member]


class Across(Protocol):
    """Looks at groups of two or more rows of one person, in the order of the file.

    Yields the id of a row and what is wrong with it; used rows stay as they are.
    """

    def __call__(
        self, sheet: Sheet, groups: Sequence[Group], /
    ) -> Iterator[tuple[int, Problem]]: ...


def by(sheet: Sheet) -> Sequence[str]:
    """Those of `BY` that rows of this list can have."""
    return BY if postal.may_post(sheet) else BY[:-1]


def find_duplicates(
    _sheet: Sheet, groups: Sequence[Group]
) -> Iterator[tuple[int, Problem]]:
    """All rows of a person but the first, or the one that is used already."""
    for group in groups:
        kept = next((member for member in group if member.is_taken), group[0])
        for member in group:
            if member is kept or member.is_taken or member.has_accepted("duplicate"):
                continue
            params = {"row": str(kept.number)}
            yield member.pk, Problem("duplicate", person_field(member), params=params)


def shared_by(sheet: Sheet, by: str, size: int) -> Iterator[list[Member]]:
    """Every row that shares its value of one of `BY`, for so many values at a time.

    Rows that are left out share nothing.
    """
    shared = (
        _counted(sheet, by)
        .values_list(by)
        .annotate(Count("pk"))
        .filter(pk__count__gt=1)
        .order_by(by)
        .values_list(by, flat=True)
    )
    values = list(shared[:_PAGE])
    while values:
        for some in lookups.in_steps(values, size):
            yield _members(sheet, by, some)
        values = list(shared.filter(**{f"{by}__gt": values[-1]})[:_PAGE])


def sharing(sheet: Sheet, contacts: Mapping[str, Collection[object]]) -> list[Member]:
    """All rows with one of these values, by each of `BY`."""
    found = {}
    for by in BY:
        values = [value for value in contacts.get(by, ()) if value]
        for some in lookups.in_steps(values):
            found.update({member.pk: member for member in _members(sheet, by, some)})
    return list(found.values())


def groups_of(sheet: Sheet, members: Sequence[Member]) -> list[Group]:
    """The groups of two or more that any of these rows is in, none of them twice."""
    found: dict[tuple[int, ...], Group] = {}
    for by in BY:
        values = list({getattr(member, by) for member in members} - {None, ""})
        for some in lookups.in_steps(values):
            groups: dict[object, list[Member]] = {}
            for member in _members(sheet, by, some):
                groups.setdefault(getattr(member, by), []).append(member)
            for group in groups.values():
                if len(group) > 1:
                    found[tuple(member.pk for member in group)] = group
    return list(found.values())


def _counted(sheet: Sheet, by: str) -> QuerySet[SheetRow]:
    rows = sheet.rows.exclude(status=SheetRow.Status.EXCLUDED)
    if by == "recipient_id":
        return rows.filter(recipient__isnull=False)
    return rows.exclude(**{by: ""})


def _members(sheet: Sheet, by: str, values: Sequence[object]) -> list[Member]:
    """In the order of the file; sorted here, or SQLite would read the whole list."""
    rows = _counted(sheet, by).filter(**{f"{by}__in": values}).order_by()
    members = (Member(*row) for row in rows.values_list(*Member._fields))
    return sorted(members, key=attrgetter("number"))
