"""A list into checked rows and people: against django-import-export, against COPY.

`people ROWS` brings one list with all checks on and reports seconds and memory, in a
process of its own; `main` compares such runs with the other two ways.
"""

import csv
import json
import subprocess
import sys
import time
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import django

django.setup()

from django.db import connection  # noqa: E402  Django has to be set up first

from portal import tabular  # noqa: E402
from portal.accounts.models import actor_of  # noqa: E402
from portal.outbox import dispatch  # noqa: E402
from portal.permissions import Role  # noqa: E402
from programs.models import Program, Recipient, Sheet, SheetRow  # noqa: E402
from programs.sheets import adding, intake  # noqa: E402
from tests import factories  # noqa: E402
from tests.benchmarks import resident  # noqa: E402
from tests.benchmarks.installation import ROOT, Figure, report  # noqa: E402

ROWS: Final = 100_000
MANY_ROWS: Final = 1_000_000
Cost: TypeAlias = dict[str, float]

HEADER: Final = ("Name", "E-mail", "Mobile", "Id", "Consent source", "Consent date")


def main() -> None:
    # Not in the process whose memory is measured.
    from tests.benchmarks import import_export

    program = _program()
    with TemporaryDirectory(prefix="laurel-bench-") as folder:
        name = Path(folder) / "people"
        table, book = name.with_suffix(".csv"), name.with_suffix(".xlsx")
        write_csv(table, ROWS)
        write_xlsx(book, ROWS)
        raw = _copy(table)
        ours = _brought(program, table, ROWS)
        _forget_people()
        from_book = _brought(program, book, ROWS)
        _forget_people()
        theirs = import_export.seconds(program, table, ROWS)
        _forget_people()
        write_csv(table, MANY_ROWS)
        many = _brought(program, table, MANY_ROWS)
    report(_figures(ours, from_book, many, raw=raw, theirs=theirs))


def _figures(
    ours: Cost, from_book: Cost, many: Cost, *, raw: float, theirs: float
) -> list[Figure]:
    seconds, megabytes = ours["seconds"], ours["megabytes"]
    fifth = 5 * seconds / theirs
    growth = many["megabytes"] / megabytes
    return [
        Figure(f"{ROWS} people : COPY alone", seconds / raw, 12, "x"),
        Figure(f"{ROWS} people : 1/5 of import-export", fifth, 1, "x"),
        Figure("the same from XLSX : CSV", from_book["seconds"] / seconds, 3, "x"),
        Figure(f"worker with {MANY_ROWS} people", many["megabytes"], 200, "MB"),
        Figure(f"memory with {MANY_ROWS} : {ROWS}", growth, 1.1, "x"),
    ]


def people(program_id: int, path: Path, rows: int) -> None:
    """Bring this file into the address book, as the worker does; report the cost."""
    program = Program.objects.get(pk=program_id)
    actor = actor_of(program.memberships.get().user)
    begin = time.perf_counter()
    with path.open("rb") as content:
        sheet = intake.upload(
            program,
            purpose=Sheet.Purpose.RECIPIENTS,
            name=path.name,
            content=content,
            actor=actor,
            form_key=uuid.uuid4(),
        )
    dispatch.drain()
    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.CHECKED, (sheet.status, sheet.problem)
    adding.begin(sheet, version=sheet.version, actor=actor)
    dispatch.drain()
    seconds = time.perf_counter() - begin
    taken = sheet.rows.filter(status=SheetRow.Status.TAKEN).count()
    assert taken == Recipient.objects.count() == rows, (taken, rows)
    sys.stdout.write(json.dumps({"seconds": seconds, "megabytes": resident.peak()}))


def line(number: int) -> tuple[str, ...]:
    """A person; one in five has a mobile number as well, with consent to SMS."""
    mail = f"person{number}@example.com"
    if number % 5:
        return (f"Person Number {number}", mail, "", f"E-{number}", "", "")
    # Every number of ten digits below is one that a phone may have.
    mobile = f"+1 {_AREAS[number // 5 % len(_AREAS)]} {2_000_000 + number // 5:07d}"
    return (
        f"Person Number {number}",
        mail,
        mobile,
        f"E-{number}",
        "Web form",
        "2026-01-15",
    )


_AREAS: Final = (202, 212, 213, 312, 415)


def write_csv(path: Path, rows: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(line(number) for number in range(rows))


def write_xlsx(path: Path, rows: int) -> None:
    with path.open("wb") as file:
        tabular.write_xlsx(file, HEADER, (line(number) for number in range(rows)))


def _program() -> Program:
    program = factories.make_program("Spring")
    factories.make_member("Manu", program, Role.MANAGER)
    return program


def _brought(program: Program, path: Path, rows: int) -> Cost:
    run = [sys.executable, "-m", "tests.benchmarks.importing", "people"]
    run += [str(program.pk), str(path), str(rows)]
    result = subprocess.run(run, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    measured: Cost = json.loads(result.stdout)
    return measured


def _copy(path: Path) -> float:
    """Seconds for csv.reader and COPY into a table of texts, without any check."""
    with connection.cursor() as cursor:
        columns = ", ".join(f"c{number} text" for number in range(len(HEADER)))
        cursor.execute(f"CREATE TABLE bench_raw ({columns})")
        begin = time.perf_counter()
        with (
            path.open(newline="", encoding="utf-8") as file,
            cursor.copy("COPY bench_raw FROM STDIN") as copy,
        ):
            reader = csv.reader(file)
            next(reader)
            for cells in reader:
                copy.write_row(cells)
        seconds = time.perf_counter() - begin
        cursor.execute("SELECT count(*) FROM bench_raw")
        assert cursor.fetchone() == (ROWS,)
        cursor.execute("DROP TABLE bench_raw")
    return seconds


def _forget_people() -> None:
    with connection.cursor() as cursor:
        # The triggers that keep consent stand aside, for this connection only.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE programs_recipient, programs_sheet CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")


if __name__ == "__main__":
    if sys.argv[1:2] == ["people"]:
        people(int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
