"""The cast, and what every test stands on.

Manu manages the Spring program, Ada approves in it, Audra audits it, Adam administers
the organisation; Otto is signed in but belongs nowhere.
"""

from collections.abc import Iterator

import pytest
from django.core.management.commands import flush
from django.db import connections, transaction
from django.test import Client

from portal.accounts.models import User, actor_of
from portal.actors import Actor
from portal.audit import append_only
from portal.permissions import Role
from portal.provider import connection
from portal.provider.sandbox.launch import Sandbox, launch
from programs.models import Product, Program
from tests import factories

# Tests that commit are cleaned by a flush, which append-only tables would refuse.
APPEND_ONLY = (
    ("audit_entry", "sequence"),
    ("programs_budgetentry", "id"),
    ("programs_consententry", "id"),
    ("programs_wording", "id"),
    ("programs_datedsetting", "id"),
    ("orders_approval", "id"),
    ("orders_contributor", "id"),
    ("orders_handout", "id"),
    ("orders_handedout", "id"),
)


_ASKS_THE_DATABASE = frozenset({"db", "transactional_db", "live_server"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """Mark what is worth another engine: what asks the database, looks apart.

    Without a mark or a fixture of its own a test that asks is refused by pytest-django.
    """
    for item in items:
        asks = _ASKS_THE_DATABASE.intersection(item.fixturenames)
        if (asks or item.get_closest_marker("django_db")) and not (
            item.get_closest_marker("looks")
        ):
            item.add_marker("engine")


@pytest.fixture(autouse=True, scope="session")
def _flush_append_only() -> Iterator[None]:
    """Rows are few: to delete them is quicker than Django's TRUNCATE by far.

    Nor is anything made anew after it that nobody here asks for, such as permissions.
    """

    def handle(self: flush.Command, **options: object) -> None:
        connection = connections["default"]
        with connection.schema_editor() as editor:
            for table, _ in APPEND_ONLY:
                append_only.unprotect(editor, table)
        with transaction.atomic(), connection.cursor() as cursor:
            for table in connection.introspection.django_table_names():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
        with connection.schema_editor() as editor:
            for table, key in APPEND_ONLY:
                append_only.protect(editor, table, key)
        factories.restore_wording()
        factories.restore_law()

    patch = pytest.MonkeyPatch()
    patch.setattr(flush.Command, "handle", handle)
    yield
    patch.undo()


@pytest.fixture
def adam(db: None) -> User:
    return factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)


@pytest.fixture
def program(db: None, adam: User) -> Program:
    return factories.make_program("Spring", funded=1000, funded_by=adam)


@pytest.fixture
def manu(program: Program) -> User:
    return factories.make_member("Manu", program, Role.MANAGER)


@pytest.fixture
def ada(program: Program) -> User:
    return factories.make_member("Ada", program, Role.APPROVER)


@pytest.fixture
def audra(program: Program) -> User:
    return factories.make_member("Audra", program, Role.AUDITOR)


@pytest.fixture
def otto(db: None) -> User:
    return factories.make_user("Otto")


@pytest.fixture
def cvs(db: None) -> Product:
    return factories.make_product("CVS", values=[10, 15, 25, 50, 100])


@pytest.fixture
def as_manu(manu: User) -> Client:
    return factories.signed_in(manu)


@pytest.fixture
def as_ada(ada: User) -> Client:
    return factories.signed_in(ada)


@pytest.fixture
def as_audra(audra: User) -> Client:
    return factories.signed_in(audra)


@pytest.fixture
def as_adam(adam: User) -> Client:
    return factories.signed_in(adam)


@pytest.fixture
def as_otto(otto: User) -> Client:
    return factories.signed_in(otto)


@pytest.fixture
def manager(manu: User) -> Actor:
    """Manu, as verbs see him."""
    return actor_of(manu)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with launch() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: object) -> Sandbox:
    """The provider's sandbox, empty, and the portal pointed at it."""
    sandbox_server.reset()
    connection.forget()
    settings.PROVIDER_BASE_URL = sandbox_server.base_url  # type: ignore[attr-defined]
    return sandbox_server
