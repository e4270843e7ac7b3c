"""Walking the provider's lists: `{data, page, pageSize, totalCount}`, from page one."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from portal.provider.errors import Malformed
from portal.provider.wire import Fields

_MOST_PAGES = 200


class Identified(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=Identified)


class Endless(Malformed):
    """A list that brought something new on every page we were ready to read."""


def walk(
    fetch: Callable[[int], object], read: Callable[[Fields], Item]
) -> Iterator[Item]:
    """Every item of a list once, in the server's order. Raises Endless.

    Ends at totalCount or at a page that brings nothing new, whichever comes first. That
    also ends a bare list, and a server that repeats its last page; the page size the
    server honoured does not matter.
    """
    seen: set[str] = set()
    for index in range(1, _MOST_PAGES + 1):
        rows, total = _page(fetch(index))
        before = len(seen)
        for row in rows:
            item = read(Fields(row))
            if item.id not in seen:
                seen.add(item.id)
                yield item
        if len(seen) == before or (total is not None and 0 < total <= len(seen)):
            return
    raise Endless("a list does not end")


def _page(answer: object) -> tuple[list[object], int | None]:
    if isinstance(answer, list):
        return answer, None
    fields = Fields(answer)
    rows = fields.get("Data")
    if not isinstance(rows, list):
        raise Malformed("a list was expected")
    return rows, fields.count("TotalCount")
