"""A list on the embedded default: how fast it is checked, and what others notice."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from statistics import quantiles
from typing import Final, NamedTuple

import django

django.setup()

from django.db.models import Min  # noqa: E402  Django has to be set up first
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from portal.permissions import Role  # noqa: E402
from programs.models import Program, Sheet  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402

ROWS: Final = 5_000
MANY_ROWS: Final = 50_000
FIXES: Final = 40
_PATIENCE_SECONDS: Final = 300.0


def main() -> None:
    adam = factories.make_user("Adam", organisation_role=Role.ADMINISTRATOR)
    program = factories.make_program("Spring", funded=10**7, funded_by=adam)
    manager = factories.signed_in(factories.make_member("Manu", program, Role.MANAGER))
    factories.make_product("CVS", values=[10, 15, 25])
    with working():
        first = brought(manager, program, _csv(ROWS))
        writes: list[float] = []
        brought(manager, program, _csv(MANY_ROWS), meanwhile=writes)
        fixes = _fix(manager)
    report(
        [
            Figure(f"answer to a file of {ROWS} rows", first.answer, 1, "s"),
            Figure(f"{ROWS} rows checked", first.checked, 10, "s"),
            Figure("longest stand of their progress", first.pause, 2, "s"),
            Figure("page writes beside a list, p95", _p95(writes), 100, "ms"),
            Figure(f"a cell of {MANY_ROWS} rows fixed, p95", _p95(fixes), 200, "ms"),
        ]
    )


class Brought(NamedTuple):
    """Seconds until the answer, until every row is checked, and without progress."""

    answer: float
    checked: float
    pause: float


def brought(
    manager: Client,
    program: Program,
    content: bytes,
    meanwhile: list[float] | None = None,
) -> Brought:
    """Upload a list and wait until the worker has checked it."""
    file = BytesIO(content)
    file.name = "people.csv"
    form = {
        "program": program.pk,
        "form_key": factories.form_key(),
        "file": file,
        "pasted": "",
    }
    begin = time.perf_counter()
    response = manager.post(reverse("programs:sheet_create"), form)
    assert response.status_code == 303, response.status_code
    answered = time.perf_counter()
    moved, pause, seen = answered, 0.0, (0, 0)
    while True:
        sheet = Sheet.objects.latest("pk")
        now = time.perf_counter()
        if (at := (sheet.rows_total, sheet.rows_checked)) != seen:
            pause, moved, seen = max(pause, now - moved), now, at
        if sheet.status == Sheet.Status.CHECKED:
            return Brought(answered - begin, now - begin, max(pause, now - moved))
        assert now - begin < _PATIENCE_SECONDS, (sheet.status, sheet.problem)
        if meanwhile is not None:
            meanwhile.append(_write(manager, program, len(meanwhile)))
        time.sleep(0.05)


def _write(manager: Client, program: Program, number: int) -> float:
    """Milliseconds to add somebody by hand."""
    form = {
        "program": program.pk,
        "name": "Riley",
        "email": f"riley{number}@example.com",
        "phone": "",
    }
    begin = time.perf_counter()
    response = manager.post(reverse("programs:recipient_add"), form)
    assert response.status_code == 303, response.status_code
    return (time.perf_counter() - begin) * 1000


def _fix(manager: Client) -> list[float]:
    """Milliseconds to correct one cell after the other."""
    sheet = Sheet.objects.latest("pk")
    taken = []
    for _time in range(FIXES):
        number = sheet.problems.aggregate(first=Min("row__number"))["first"]
        url = reverse("programs:sheet_row", args=[sheet.pk, number])
        begin = time.perf_counter()
        response = manager.post(url, {"value": "15"}, headers={"HX-Request": "true"})
        taken.append((time.perf_counter() - begin) * 1000)
        assert response.status_code == 200, response.status_code
    return taken


def _csv(rows: int) -> bytes:
    """Every hundredth has a value that is not sold."""
    lines = ["Name,E-mail,Gift card,Value"]
    lines += [
        f"Person {n},person{n}@example.com,CVS,{15 if n % 100 else 12}"
        for n in range(rows)
    ]
    return "\n".join(lines).encode()


@contextmanager
def working() -> Iterator[None]:
    """A worker of its own, as people without Redis have it."""
    command = [sys.executable, "manage.py", "runworker"]
    with subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr) as worker:
        try:
            yield
        finally:
            worker.terminate()


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
