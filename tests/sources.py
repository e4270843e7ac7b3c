"""The project's own files, for the tests that read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGES: Final = ("portal", "programs", "orders")
TEMPLATES: Final = ROOT / "templates"


def python_files(*folders: str) -> list[Path]:
    """Python files under these folders, migrations apart."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.is_file())


def documents() -> list[Path]:
    """What people read and run besides Python: documents, commands, settings."""
    named = [*ROOT.glob("*"), *ROOT.glob("docs/*.md"), ROOT / ".ci" / "run"]
    kept_out = {"LICENSE", ".env"}
    return sorted(
        path
        for path in (*named, ROOT / ".env.example", ROOT / ".pre-commit-config.yaml")
        if path.is_file() and path.name not in kept_out
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
