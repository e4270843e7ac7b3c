"""Append-only tables: triggers refuse UPDATE, DELETE and TRUNCATE on both engines.

SQLite's INSERT OR REPLACE deletes without a DELETE trigger unless recursive_triggers is
on, so a BEFORE INSERT guard stands there as well.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""
_SQLITE = [
    """CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
    """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
    WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
    BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END""",
]


class AppendOnly(Operation):
    """A migration operation that puts the triggers on one model's table."""

    reversible = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return ("AppendOnly", [self.model_name], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        meta = to_state.apps.get_model(app_label, self.model_name)._meta
        protect(schema_editor, meta.db_table, meta.pk.column)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        meta = from_state.apps.get_model(app_label, self.model_name)._meta
        unprotect(schema_editor, meta.db_table)

    def describe(self) -> str:
        return f"Make {self.model_name} append-only"


def protect(schema_editor: BaseDatabaseSchemaEditor, table: str, key: str) -> None:
    """Create the triggers of one table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL.format(table=table), params=None)
        return
    for statement in _SQLITE:
        schema_editor.execute(statement.format(table=table, key=key), params=None)


def unprotect(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Drop the triggers of one table."""
    if schema_editor.connection.vendor == "postgresql":
        for name in ("append_only", "no_truncate"):
            schema_editor.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        return
    for name in ("no_update", "no_delete", "no_replace"):
        schema_editor.execute(f"DROP TRIGGER {table}_{name}")
