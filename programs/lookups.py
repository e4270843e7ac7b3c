"""Finding many rows by many values with one parameter, whatever the engine."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Model

Item = TypeVar("Item")

_SEPARATOR: Final = "\x1f"


def find(
    model: type[Model],
    columns: Sequence[str],
    keys: str | Sequence[str],
    values: Sequence[object],
    *,
    where: str = "TRUE",
) -> list[tuple[Any, ...]]:
    """The columns of every row in which a key is one of the values, as plain tuples.

    An IN with a parameter for each of a thousand values takes longer to write than to
    answer. All names are columns, such as recipient_id; the values are numbers, or
    texts without control characters. `where` is SQL of ours, for a partial index.
    """
    if not values:
        return []
    keys = [keys] if isinstance(keys, str) else keys
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    table = quote(model._meta.db_table)
    if connection.vendor == "postgresql":
        kind = "bigint" if isinstance(values[0], int) else "text"
        among = f"= ANY(string_to_array(%s, chr({ord(_SEPARATOR)}))::{kind}[])"
        given = _SEPARATOR.join(map(str, values))
    else:
        among = "IN (SELECT value FROM json_each(%s))"
        given = json.dumps(list(values))
    found = " OR ".join(f"{quote(key)} {among}" for key in keys)
    sql = f"SELECT {names} FROM {table} WHERE {where} AND ({found})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [given] * len(keys))
        return list(cursor.fetchall())


def in_steps(values: Sequence[Item], size: int = 1000) -> Iterator[Sequence[Item]]:
    """The values, so many at a time."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
