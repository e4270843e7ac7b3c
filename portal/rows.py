"""One row into a table, by a statement that is built once.

Building it anew costs Model.save() more than the database needs to store the row; that
counts where another system waits for every single one.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(row: Model) -> None:
    """Store a new row as save(force_insert=True) does, without signals; sets its key.

    Raises IntegrityError as it does.
    """
    sql, fields = _statement(type(row))
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        ((row.pk,),) = cursor.fetchall()
    row._state.adding = False
    row._state.db = connection.alias


@cache
def _statement(model: type[Model]) -> tuple[str, "list[Field[Any, Any]]"]:
    """Every column but the key, which the database chooses."""
    meta, quote = model._meta, connection.ops.quote_name
    assert meta.pk is not None  # noqa: S101  (every model has one)
    fields = [each for each in meta.concrete_fields if not each.primary_key]
    columns = ", ".join(quote(each.column) for each in fields)
    marks = ", ".join(["%s"] * len(fields))
    return (
        f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({marks}) "  # noqa: S608
        f"RETURNING {quote(meta.pk.column)}",
        fields,
    )
