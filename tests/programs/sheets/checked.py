"""Lists that were mapped, made without a file, and checked as the worker does it."""

from collections.abc import Sequence

from portal.accounts.models import User
from portal.outbox import dispatch
from programs.models import Program, Sheet, SheetBlock, SheetRow
from programs.sheets import checking, finishing

COLUMNS = ("Name", "E-mail", "Mobile")
FIELDS = {"Name": "name", "E-mail": "email", "Mobile": "phone"}


def make_unchecked(
    program: Program,
    maker: User,
    rows: Sequence[Sequence[str]],
    *,
    purpose: str = Sheet.Purpose.RECIPIENTS,
    columns: Sequence[str] = COLUMNS,
    answers: dict[str, str] | None = None,
    block: int = 1000,
) -> Sheet:
    """A list in blocks; a column is named after the field it means."""
    sheet = Sheet.objects.create(
        program=program,
        purpose=purpose,
        name="people.csv",
        digest="0" * 64,
        size=1,
        status=Sheet.Status.CHECKING,
        columns=list(columns),
        mapping={FIELDS.get(name, name): i for i, name in enumerate(columns)},
        answers=answers or {},
        rows_total=len(rows),
        created_by=maker,
    )
    numbered = [(number, list(cells)) for number, cells in enumerate(rows, start=2)]
    for number, start in enumerate(range(0, len(rows), block)):
        SheetBlock.objects.create(
            sheet=sheet, number=number, rows=numbered[start : start + block]
        )
    return sheet


def check(sheet: Sheet) -> Sheet:
    """Every block, then the whole, as the worker does it."""
    for pk in list(sheet.blocks.values_list("pk", flat=True)):
        checking.check_block(pk)
    finishing.finish(sheet.pk)
    sheet.refresh_from_db()
    return sheet


def make_checked(
    program: Program, maker: User, rows: Sequence[Sequence[str]], **more: object
) -> Sheet:
    return check(make_unchecked(program, maker, rows, **more))  # type: ignore[arg-type]


def row(sheet: Sheet, number: int) -> SheetRow:
    return SheetRow.objects.select_related("sheet").get(sheet=sheet, number=number)


def kinds_of(sheet: Sheet, number: int) -> list[str]:
    found = sheet.problems.filter(row__number=number).order_by("pk")
    return list(found.values_list("kind", flat=True))


def work() -> None:
    """Deliver what the outbox holds, as often as it takes."""
    while dispatch.drain():
        pass
