"""Workers that read a list and are killed while they do."""

import pytest

from programs.models import Sheet, SheetBlock, SheetRow
from tests.orders.killing import kill_all_once, kill_until, workers
from tests.programs.sheets import lists

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ROWS = 60_000


def test_every_row_is_read_once_however_often_the_reader_is_killed(
    program, manu, tmp_path
):
    # Half of the columns are left open, so that nothing is checked before we look.
    rows = ((f"Person {n}", f"person{n}@example.com") for n in range(ROWS))
    sheet = lists.upload(program, manu, lists.lines(("Name", "E-mail"), *rows))

    def is_over() -> bool:
        sheet.refresh_from_db()
        return sheet.status != Sheet.Status.READING

    with workers(tmp_path / "worker.log", seed=7) as at_work:
        kill_all_once(SheetBlock.objects.exists, at_work)
        kill_until(is_over, at_work, every=0.5, most=120)

    assert at_work.kills
    assert sheet.status == Sheet.Status.MAPPING
    assert sheet.rows_total == ROWS
    numbers = [
        number
        for block in SheetBlock.objects.order_by("number").iterator(chunk_size=10)
        for number, _cells in block.rows
    ]
    assert numbers == list(range(2, ROWS + 2))
    assert not SheetRow.objects.exists()
