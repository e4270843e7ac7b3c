"""The laws of docs/architecture.md, for what no other tool checks."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from portal.audit.actions import Action
from portal.permissions import PUBLIC, Permission, rule_of
from tests import sources
from tests.sources import PACKAGES, ROOT, shown

LONGEST_MODULE: Final = 300
LONGEST_FUNCTION: Final = 40
# A thing lives with its concern; these names hide one.
FORBIDDEN_NAMES: Final = {
    "base",
    "common",
    "constants",
    "core",
    "exceptions",
    "helpers",
    "managers",
    "mixins",
    "selectors",
    "services",
    "utils",
}
# Outside lifecycle.py these may have a status assigned: they are no orders.
NOT_ORDERS: Final = {
    "award",
    "delivery",
    "event",
    "parcel",
    "placement",
    "reward",
    "rule",
    "sheet",
    "version",
}
# Folders and modules that stand at the entrance.
KNOWS_REQUESTS: Final = {"api", "context", "forms", "middleware", "views", "web"}
# The environment is settings' to read; a process manager hands it on.
READS_ENVIRONMENT: Final = {
    "portal/celery.py",
    "portal/settings.py",
    "portal/web/management/commands/rundemo.py",
    "portal/wsgi.py",
}


def test_imports_go_down():
    command = Path(sys.executable).parent / "lint-imports"

    result = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_only_lifecycle_writes_the_status_of_orders():
    writers = [
        f"{shown(path)}: {write}"
        for path in sources.python_files(*PACKAGES)
        if shown(path) != "orders/lifecycle.py"
        for write in order_status_writes(
            sources.tree(path), in_orders="orders" in path.parts
        )
    ]

    assert writers == []


@pytest.mark.parametrize(
    "forbidden",
    [
        "order.status = to",
        "locked.status: str = to",
        "self.order.status = to",
        "placement.order.status = to",
        "a, order.status = b",
        "setattr(anything, 'status', to)",
        "Order.objects.filter(pk=1).update(status=to)",
        "Order.objects.bulk_update(orders, ['status'])",
        "Order(status=to)",
        "program.orders.update(status=to)",
    ],
)
def test_every_way_to_write_an_order_status_is_noticed(forbidden):
    assert list(order_status_writes(ast.parse(forbidden), in_orders=True))


def test_only_entrances_and_forms_know_requests():
    """Verbs never see one: which modules import it is a short list of folders."""
    knowing = [
        shown(path)
        for path in sources.python_files(*PACKAGES)
        if re.search(r"django\.(http|shortcuts)", path.read_text())
        and not KNOWS_REQUESTS & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert knowing == []


def test_every_address_says_who_may_open_it():
    rules = dict(address_rules())

    assert [name for name, rule in rules.items() if rule is None] == []
    known = {PUBLIC, *Permission}
    assert {rule for rule in rules.values() if rule not in known} == set()


def test_modules_and_functions_stay_small():
    # A test module is read a test at a time, so only its tests are bounded.
    tests = sources.python_files("tests")
    files = sources.python_files(*PACKAGES)

    long_modules = [
        f"{shown(path)}: {lines} lines"
        for path in files
        if (lines := len(path.read_text().splitlines())) > LONGEST_MODULE
    ]
    long_functions = [
        f"{shown(path)}: {function.name} has {lines} lines"
        for path in [*files, *tests]
        for function in sources.functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1)
        > LONGEST_FUNCTION
    ]

    assert long_modules + long_functions == []


def test_no_module_is_named_after_nothing():
    files = sources.python_files(*PACKAGES)

    named = {
        part for path in files for part in path.relative_to(ROOT).with_suffix("").parts
    }

    assert named & FORBIDDEN_NAMES == set()


def test_only_settings_read_the_environment():
    readers = {
        shown(path)
        for path in sources.python_files(*PACKAGES)
        if any(
            isinstance(node, ast.Name | ast.Attribute | ast.alias)
            and "environ" in ast.unparse(node)
            for node in ast.walk(sources.tree(path))
        )
    }

    assert readers == READS_ENVIRONMENT


def test_every_setting_of_the_environment_is_described():
    read = {
        node.args[0].value
        for node in ast.walk(sources.tree(ROOT / "portal" / "settings.py"))
        if isinstance(node, ast.Call)
        and re.fullmatch(r"env\.\w+", ast.unparse(node.func))
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    example = (ROOT / ".env.example").read_text()

    described = set(re.findall(r"^#? ?([A-Z][A-Z_]*)=", example, re.MULTILINE))

    assert described == read


def test_every_journal_action_happens_somewhere():
    files = [p for p in sources.python_files(*PACKAGES) if p.name != "actions.py"]
    used = {
        node.attr
        for path in files
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Action"
    }

    assert set(Action.__members__) - used == set()


def order_status_writes(tree: ast.Module, *, in_orders: bool) -> Iterator[str]:
    """Statements that may write Order.status; in other packages only named orders.

    A target is judged by its name, `placement.status`; a bulk write by the rows it
    is called on, `order.rewards.update(status=...)`.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            owner = ast.unparse(node.value).rpartition(".")[2]
            is_order = owner not in NOT_ORDERS if in_orders else owner == "order"
            if node.attr == "status" and is_order:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and _writes_status(node):
            yield ast.unparse(node)


def _writes_status(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    rows, _, method = called.rpartition(".")
    if method == "setattr":
        return "'status'" in ast.unparse(call)
    if method == "bulk_update":
        return "Order" in rows and "'status'" in ast.unparse(call)
    if all(keyword.arg != "status" for keyword in call.keywords):
        return False
    if method in {"update", "create", "update_or_create", "get_or_create"}:
        return "Order.objects" in rows or rows.endswith("orders")
    return method == "Order"


def address_rules() -> Iterator[tuple[str, str | None]]:
    def walk(
        patterns: list[URLPattern | URLResolver], prefix: str
    ) -> Iterator[tuple[str, str | None]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route, rule_of(pattern.callback)

    return walk(get_resolver().url_patterns, "/")
