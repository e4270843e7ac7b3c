"""Workers that make a list's rows what they were, and are killed while they do."""

import pytest
from django.utils import timezone

from portal.accounts.models import actor_of
from programs.models import Sheet, SheetBlock, SheetRow
from programs.sheets import reopening
from tests.orders.bulk import lists
from tests.orders.killing import kill_all_once, kill_until, workers

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]

ROWS = 15_000


def test_every_row_is_moved_once_however_often_the_worker_is_killed(
    program, cvs, manu, tmp_path
):
    sheet = lists.make_sheet(program, cvs, manu, ROWS, checked_at=timezone.now())
    reopening.reopen(sheet, version=sheet.version, actor=actor_of(manu))

    def is_over() -> bool:
        sheet.refresh_from_db()
        return sheet.status != Sheet.Status.READING

    def is_begun() -> bool:
        # The first block was made by the request.
        return SheetBlock.objects.count() > 1

    with workers(tmp_path / "worker.log", seed=7) as at_work:
        kill_all_once(is_begun, at_work)
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
