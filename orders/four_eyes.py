"""Four eyes in the database: not even raw SQL stores a contributor's approval."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_POSTGRESQL = """
CREATE FUNCTION refuse_contributor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.decision = 'approved' AND EXISTS (
    SELECT 1 FROM orders_contributor
    WHERE order_id = NEW.order_id AND user_id = NEW.user_id
  ) THEN
    RAISE EXCEPTION 'a contributor cannot approve' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_approval_four_eyes BEFORE INSERT ON orders_approval
  FOR EACH ROW EXECUTE FUNCTION refuse_contributor();
"""
_SQLITE = """
CREATE TRIGGER orders_approval_four_eyes BEFORE INSERT ON orders_approval
WHEN NEW.decision = 'approved' AND EXISTS (
  SELECT 1 FROM orders_contributor
  WHERE order_id = NEW.order_id AND user_id = NEW.user_id
)
BEGIN SELECT RAISE(ABORT, 'a contributor cannot approve'); END
"""


class FourEyes(Operation):
    """A migration operation that puts the trigger on the approvals' table."""

    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return ("FourEyes", [], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        on_postgresql = schema_editor.connection.vendor == "postgresql"
        schema_editor.execute(_POSTGRESQL if on_postgresql else _SQLITE, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute("DROP FUNCTION refuse_contributor() CASCADE")
        else:
            schema_editor.execute("DROP TRIGGER orders_approval_four_eyes")

    def describe(self) -> str:
        return "Refuse approvals by contributors"
