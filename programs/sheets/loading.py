"""Many rows at once: COPY on PostgreSQL, one statement run many times on SQLite."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Model

# SQLite has one writer; a step of this size lets a page write within 100 ms.
_STEP_OF_SQLITE: Final = 200
_STEP: Final = 1000


def step() -> int:
    """How many rows one transaction of a long run may write."""
    return _STEP_OF_SQLITE if connection.vendor == "sqlite" else _STEP


def load(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert the rows within the caller's transaction; JSON comes as text.

    `columns` are the database's, such as sheet_id; defaults of the model do not apply.
    """
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = f"COPY {table} ({names}) FROM STDIN"
            # Django knows nothing of COPY, and would not make its errors its own.
            with connection.wrap_database_errors, cursor.copy(sql) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            sql = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
            cursor.executemany(sql, [_for_sqlite(row) for row in rows])


def change(
    model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    """Write the columns of rows that are there; the first column is their id."""
    if not rows:
        return
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(columns[0])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = ", ".join(f"{quote(c)} = new.{quote(c)}" for c in columns[1:])
            # The table itself says of which type each value is.
            new = f"json_populate_recordset(NULL::{table}, %s::json) AS new"
            sql = (
                f"UPDATE {table} SET {names} FROM {new} WHERE {table}.{key} = new.{key}"  # noqa: S608
            )
            told = [dict(zip(columns, row, strict=True)) for row in rows]
            cursor.execute(sql, [json.dumps(told, default=str)])
        else:
            names = ", ".join(f"{quote(column)} = %s" for column in columns[1:])
            sql = f"UPDATE {table} SET {names} WHERE {key} = %s"  # noqa: S608
            cursor.executemany(sql, [_for_sqlite([*row[1:], row[0]]) for row in rows])


def tell_planner(*models: type[Model]) -> None:
    """Have PostgreSQL count these tables now, not when it next comes round to it.

    Until then it takes a list just loaded for a row or two, and reads all of it where
    an index would do. A user who does not own the tables is warned, and ignored.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(
            connection.ops.quote_name(model._meta.db_table) for model in models
        )
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def next_ids(model: type[Model], count: int) -> Sequence[int]:
    """Primary keys nobody else gets, for rows `load` inserts in this transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) "
                "FROM generate_series(1, %s)",
                [table, count],
            )
            return [pk for (pk,) in cursor.fetchall()]
        # The transaction is the only writer, and the table never uses an id again.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def _for_sqlite(row: Sequence[object]) -> list[Any]:
    return [
        connection.ops.adapt_datetimefield_value(value)
        if isinstance(value, datetime)
        else str(value)
        if hasattr(value, "isoformat")
        else value
        for value in row
    ]
