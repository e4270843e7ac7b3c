"""Keyset pages: page 1 and page 10,000 cost the same, and rows may arrive meanwhile.

A cursor names the row a page ends at, not a number of rows to skip. It is signed, so
what a visitor sends back is either ours or ignored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Final, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Field, Model, Q, QuerySet
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

Row = TypeVar("Row", bound=Model)

SIZE: Final = 50
MOST_COUNTED: Final = 10_000
_FORWARD, _BACK = "after", "before"
_READ: Mapping[str, Callable[[str], object]] = {
    "int": int,
    "str": str,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Decimal": Decimal,
    "UUID": UUID,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows in the list's order, and the query strings of its neighbours.

    `newer_url` leads towards the beginning of the list, `older_url` towards its end;
    each is empty where nothing lies that way.
    """

    rows: Sequence[Row]
    newer_url: str
    older_url: str
    count: int

    @property
    def total(self) -> str:
        """How many rows the whole list has: exact up to 10,000, then "10,000+"."""
        if self.count > MOST_COUNTED:
            return f"{number_format(MOST_COUNTED, force_grouping=True)}+"
        return number_format(self.count, force_grouping=True)

    @property
    def summary(self) -> str:
        """For the pager: "50 of 10,000+"."""
        shown = number_format(len(self.rows), force_grouping=True)
        return _("%(shown)s of %(total)s") % {"shown": shown, "total": self.total}


def keyset(
    queryset: QuerySet[Row],
    query: QueryDict,
    *,
    order: Sequence[str],
    size: int = SIZE,
) -> Page[Row]:
    """The page that ?after= or ?before= in `query` asks for, else the first.

    `order` names fields as order_by does, none of them nullable, the last one unique.
    A cursor that is not ours, or that leads nowhere, gives the first page. Costs one
    query, and a second for the count unless everything fits on the first page.
    """
    last = queryset.model._meta.get_field(order[-1].lstrip("-"))
    if not (isinstance(last, Field) and last.unique):
        raise ValueError(f"{order[-1]} is not unique, so pages would lose rows")
    signer = _signer(queryset, order)
    back = _BACK in query
    at = _read(signer, query.get(_BACK if back else _FORWARD))
    rows, more = _slice(queryset, order, at, size, back=back and at is not None)
    if at is not None and len(rows) < size and (back or not rows):
        at, back = None, False
        rows, more = _slice(queryset, order, None, size)
    if at is None:
        newer, older = False, more
    else:
        newer, older = (more, True) if back else (True, more)
    return Page(
        rows=rows,
        newer_url=_link(query, _BACK, signer, order, rows[:1]) if newer else "",
        older_url=_link(query, _FORWARD, signer, order, rows[-1:]) if older else "",
        count=_count(queryset) if newer or older else len(rows),
    )


def _slice(
    queryset: QuerySet[Row],
    order: Sequence[str],
    at: Sequence[object] | None,
    size: int,
    *,
    back: bool = False,
) -> tuple[list[Row], bool]:
    """Up to `size` rows beyond `at`, and whether more follow."""
    keys = [_turned(key) for key in order] if back else list(order)
    if at is not None:
        queryset = queryset.filter(_beyond(keys, at))
    rows = list(queryset.order_by(*keys)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    return (rows[::-1] if back else rows), more


def _beyond(keys: Sequence[str], at: Sequence[object]) -> Q:
    # (a, b) < (x, y) as a <= x AND (a < x OR b < y): the first half lets the database
    # start in the index at x, which it does not for the plain OR.
    name = keys[0].lstrip("-")
    word = "lt" if keys[0].startswith("-") else "gt"
    strictly = Q(**{f"{name}__{word}": at[0]})
    if len(keys) == 1:
        return strictly
    return Q(**{f"{name}__{word}e": at[0]}) & (strictly | _beyond(keys[1:], at[1:]))


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _count(queryset: QuerySet[Row]) -> int:
    return queryset.order_by().values("pk")[: MOST_COUNTED + 1].count()


def _signer(queryset: QuerySet[Row], order: Iterable[str]) -> signing.Signer:
    # The salt ties a cursor to its list: one list's types do not fit another's.
    label = queryset.model._meta.label
    return signing.Signer(salt=f"paging:{label}:{','.join(order)}")


def _link(
    query: QueryDict,
    word: str,
    signer: signing.Signer,
    order: Sequence[str],
    rows: Sequence[Row],
) -> str:
    names = [key.lstrip("-").replace("__", ".") for key in order]
    values = [attrgetter(name)(rows[0]) for name in names]
    params = query.copy()
    for old in (_FORWARD, _BACK):
        params.pop(old, None)
    typed = [[type(value).__name__, str(value)] for value in values]
    params[word] = signer.sign_object(typed)
    return f"?{params.urlencode()}"


def _read(signer: signing.Signer, cursor: str | None) -> list[object] | None:
    if not cursor:
        return None
    try:
        return [_READ[kind](text) for kind, text in signer.unsign_object(cursor)]
    except signing.BadSignature:
        return None
