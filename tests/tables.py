"""What the database holds, table by table, to see whether anything changed."""

import hashlib
from collections.abc import Mapping

from django.db import connection
from django.db.backends.utils import CursorWrapper

# Sessions come and go with every visit, and calls without a key are counted.
_APART = {"django_session", "orders_refusedcall"}
# Columns that count visits, and nothing is decided by.
_COUNTERS = {"orders_claim": {"opens", "scans", "opened_at"}}


def contents() -> Mapping[str, str]:
    """A digest of every table."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - _APART
        return {table: _digest(cursor, table) for table in tables}


def changed(before: Mapping[str, str]) -> set[str]:
    """The tables that are no longer what they were."""
    return {table for table, digest in contents().items() if digest != before[table]}


def _digest(cursor: CursorWrapper, table: str) -> str:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
    counters = _COUNTERS.get(table, set())
    kept = [
        n for n, column in enumerate(cursor.description) if column[0] not in counters
    ]
    rows = sorted(repr([row[n] for n in kept]) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
