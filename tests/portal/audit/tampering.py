"""Changing the journal behind the portal's back, as the database's owner can."""

from collections.abc import Sequence

from django.db import connection

_TRIGGERS = {
    "sqlite": ["no_update", "no_delete", "no_replace"],
    "postgresql": ["append_only", "no_truncate"],
}
_ON = {"sqlite": "", "postgresql": " ON audit_entry"}


def tamper(sql: str, params: Sequence[str] = ()) -> None:
    """Run `sql` on the unprotected table; the test's end brings the triggers back."""
    vendor = connection.vendor
    with connection.cursor() as cursor:
        for name in _TRIGGERS[vendor]:
            cursor.execute(f"DROP TRIGGER IF EXISTS audit_entry_{name}{_ON[vendor]}")
        cursor.execute(sql, params)
