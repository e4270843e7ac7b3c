"""Giving a list up: nothing more comes of it, what was used of it stays."""

import pytest

from portal.accounts.models import actor_of
from portal.audit.models import Entry
from programs.models import RowProblem, Sheet, SheetBlock, SheetChunk, SheetRow
from programs.sheets import cancelling, discarding, locking
from tests import factories
from tests.programs.sheets import lists


def cancel(sheet: Sheet, manu) -> Sheet:
    return cancelling.cancel(sheet, version=sheet.version, actor=actor_of(manu))


def row(sheet: Sheet, number: int, status: str = "ready") -> SheetRow:
    made = SheetRow.objects.create(
        sheet=sheet, number=number, cells=["a@example.com"], status=status
    )
    RowProblem.objects.create(sheet=sheet, row=made, kind="no_name", field="name")
    return made


@pytest.fixture
def sheet(program, manu, cvs):
    return lists.read(program, manu, "E-mail\na@example.com\n")


def test_a_list_that_waits_is_cancelled_and_emptied(sheet, manu):
    for number in range(2, 500):
        row(sheet, number)

    cancelled = cancel(sheet, manu)
    assert discarding.discard(sheet.pk)

    assert cancelled.status == Sheet.Status.CANCELLED
    for model in (SheetChunk, SheetBlock, SheetRow, RowProblem):
        assert not model.objects.exists()


def test_the_journal_tells_how_far_it_was(sheet, manu):
    cancel(sheet, manu)

    entry = Entry.objects.get(action="sheet.cancelled")
    assert entry.data == {"status": "mapping", "rows": 1}


def test_cancelling_again_changes_nothing(sheet, manu):
    cancel(sheet, manu)
    cancel(sheet, manu)

    assert Entry.objects.filter(action="sheet.cancelled").count() == 1


@pytest.mark.parametrize("status", ["filling", "refused"])
def test_what_cannot_be_cancelled_says_why(sheet, manu, status):
    Sheet.objects.filter(pk=sheet.pk).update(status=status)

    with pytest.raises(locking.WrongStatus, match=r"\w+\. \w+"):
        cancel(sheet, manu)


def test_a_page_that_is_out_of_date_changes_nothing(sheet, manu):
    with pytest.raises(locking.Stale):
        cancelling.cancel(sheet, version=sheet.version + 1, actor=actor_of(manu))


def test_rows_something_was_made_from_stay(sheet, program, manu, cvs):
    used, given_back, unused = (
        row(sheet, 2, "taken"),
        row(sheet, 3, "problem"),
        row(sheet, 4),
    )
    order = factories.make_draft(program, cvs, manu)
    order.rewards.update(row=given_back)

    cancel(sheet, manu)
    assert discarding.discard(sheet.pk)

    assert set(sheet.rows.all()) == {used, given_back}
    assert not RowProblem.objects.filter(row=unused.pk).exists()


def test_much_is_taken_away_in_turns(sheet, manu, monkeypatch):
    for number in range(2, 700):
        row(sheet, number)
    cancel(sheet, manu)
    monkeypatch.setattr(discarding, "SECONDS", 0.0)

    turns = 1
    while not discarding.discard(sheet.pk):
        turns += 1

    assert turns > 3
    assert not SheetRow.objects.exists()


def test_a_list_that_is_used_keeps_its_rows(sheet):
    row(sheet, 2)

    assert discarding.discard(sheet.pk)

    assert sheet.rows.count() == sheet.blocks.count() == 1
