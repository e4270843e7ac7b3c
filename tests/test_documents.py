"""Documents and lock files say what is true, and nothing about one machine."""

import re
from typing import Final

from django.core.management import get_commands
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import sources
from tests.sources import PACKAGES, ROOT, shown

PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)
# Put together here, so that this file does not hold what it forbids.
MACHINE: Final = re.compile(
    "|".join(
        ["/" + "work/", "/" + "root/", "/" + "home/", "/" + "tmp/", "/" + "Users/"]
    )
)
REGISTRY: Final = re.compile("pypi" + r"\.org|pythonhosted" + r"\.org|npmjs" + r"\.")


def test_every_command_is_described():
    operations = (ROOT / "docs" / "operations.md").read_text()
    ours = {
        name
        for name, app in get_commands().items()
        if isinstance(app, str) and app.split(".")[0] in PACKAGES
    }

    assert ours
    assert [name for name in ours if f"`{name}`" not in operations] == []


def test_no_document_names_a_machine_or_a_registry():
    found = [
        f"{shown(path)}: {match.group()}"
        for path in [*sources.documents(), *sources.python_files(*PACKAGES, "tests")]
        if path.suffix != ".png"
        for pattern in (MACHINE, REGISTRY)
        for match in pattern.finditer(path.read_text())
    ]

    assert found == []


def test_lock_files_hold_hashes_and_no_address():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()

        assert "://" not in text
        assert len(PIN.findall(text)) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        assert len(PIN.findall(text)) <= text.count("--hash=sha256:")


def test_lock_files_are_in_step_with_what_was_asked_for():
    pins = {name: _pins(f"{name}.txt") for name in ("requirements", "requirements-dev")}

    for name, pinned in pins.items():
        for wanted in _wanted(f"{name}.in"):
            version = pinned.get(canonicalize_name(wanted.name))
            assert version is not None, f"{wanted.name}: run make lock"
            assert wanted.specifier.contains(version), f"{wanted}: run make lock"
    assert pins["requirements"].items() <= pins["requirements-dev"].items()


def _pins(file: str) -> dict[str, str]:
    found = PIN.findall((ROOT / file).read_text())
    return {canonicalize_name(name): version for name, version in found}


def _wanted(file: str) -> list[Requirement]:
    lines = (ROOT / file).read_text().splitlines()
    return [Requirement(line) for line in lines if line and line[0] not in "#-"]
