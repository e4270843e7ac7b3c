"""From the file to blocks of rows: all of them, once, whatever happens meanwhile."""

from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from portal.accounts.models import actor_of
from portal.audit.models import Entry
from portal.outbox import dispatch, stuck
from portal.outbox.models import Message
from programs import tasks
from programs.models import Sheet, SheetBlock, SheetChunk
from programs.sheets import cancelling, discarding, intake, splitting
from tests.programs.sheets import lists

pytestmark = pytest.mark.usefixtures("cvs")


class Killed(BaseException):
    """What a worker does not survive."""


def stored(sheet: Sheet) -> list[tuple[int, list[str]]]:
    """All rows in the blocks, in their order."""
    blocks = sheet.blocks.order_by("number")
    return [(number, cells) for block in blocks for number, cells in block.rows]


def discard(sheet: Sheet) -> None:
    while not discarding.discard(sheet.pk):
        pass


def test_every_row_is_in_one_block_with_its_own_number(program, manu):
    sheet = lists.read(program, manu, lists.many(2345))

    rows = stored(sheet)
    assert [number for number, _cells in rows] == list(range(2, 2347))
    assert rows[0][1] == ["Person 1", "person1@example.com", "CVS", "25"]
    assert rows[-1][1][0] == "Person 2345"
    sizes = sheet.blocks.order_by("number").values_list("rows", flat=True)
    assert [len(rows) for rows in sizes] == [1000, 1000, 345]
    assert sheet.rows_total == 2345


def test_columns_and_what_is_in_them_are_kept(program, manu):
    sheet = lists.read(program, manu, lists.many(30))

    assert sheet.columns == ["Name", "E-mail", "Gift card", "Value"]
    assert sheet.samples[0][:2] == ["Person 1", "Person 2"]
    assert sheet.samples[2:] == [["CVS"], ["25"]]
    assert len(sheet.samples[0]) == splitting.SAMPLES
    assert sheet.has_header
    assert sheet.signature


def test_a_clear_list_is_checked_at_once_block_by_block(program, manu):
    sheet = lists.read(program, manu, lists.many(1500))

    assert sheet.status == Sheet.Status.CHECKING
    messages = Message.objects.filter(topic="programs.check_block")
    asked = {message.payload["block"] for message in messages}
    assert asked == set(sheet.blocks.values_list("pk", flat=True))
    assert len(asked) == 2


def test_an_unclear_list_waits_for_its_columns(program, manu):
    sheet = lists.read(program, manu, "E-mail\na@example.com\n")

    assert sheet.status == Sheet.Status.MAPPING
    assert sheet.mapping == {"email": 0}
    assert not Message.objects.filter(topic="programs.check_block").exists()


def test_the_file_goes_once_it_is_read(program, manu):
    sheet = lists.read(program, manu, lists.many(3))

    discard(sheet)

    assert not SheetChunk.objects.exists()
    assert sheet.blocks.count() == 1


def test_a_file_without_names_gets_some(program, manu):
    sheet = lists.read(program, manu, "Alba,a@example.com\nBruno,b@example.com\n")

    assert sheet.columns == ["Column A", "Column B"]
    assert not sheet.has_header
    assert sheet.signature == ""
    assert [number for number, _cells in stored(sheet)] == [1, 2]


def test_what_was_assumed_is_told(program, manu):
    content = "Name,E-mail,E-mail\nJürgen,a@example.com,b@example.com\n"

    sheet = lists.read(program, manu, content.encode("cp1252"))

    assert stored(sheet)[0][1][0] == "Jürgen"
    assert any("Windows-1252" in note for note in sheet.notes)
    assert any("E-mail (2)" in note for note in sheet.notes)


def test_a_workbook_is_read_alike(program, manu):
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number, line in enumerate(lists.many(1200).splitlines()):
            book.worksheets() or book.add_worksheet()
            book.worksheets()[0].write_row(number, 0, line.split(","))

    sheet = lists.read(program, manu, file.getvalue(), name="people.xlsx")

    assert sheet.rows_total == 1200
    assert stored(sheet)[-1] == (
        1201,
        ["Person 1200", "person1200@example.com", "CVS", "25"],
    )


def test_what_cannot_be_read_is_refused_with_the_reason(program, manu):
    sheet = lists.read(program, manu, b"%PDF-1.7 and so on")

    assert sheet.status == Sheet.Status.REFUSED
    assert "a PDF document" in sheet.problem
    assert Entry.objects.get(action="sheet.refused").subject_id == str(sheet.pk)
    discard(sheet)
    assert not SheetChunk.objects.exists()


def test_what_only_a_late_row_shows_refuses_all_of_them(program, manu):
    sheet = lists.read(program, manu, lists.many(1500) + '"never closed,\n')

    assert sheet.status == Sheet.Status.REFUSED
    assert "quotation mark" in sheet.problem
    assert sheet.rows_total == 0
    discard(sheet)
    assert not SheetBlock.objects.exists()


def test_too_many_rows_are_refused(program, manu, settings):
    settings.LIST_MOST_ROWS = 1200

    sheet = lists.read(program, manu, lists.many(1201))

    assert sheet.status == Sheet.Status.REFUSED
    assert "1,200 rows" in sheet.problem


@pytest.mark.parametrize("survived", [0, 1, 2])
def test_a_reader_that_was_killed_is_followed_by_one_that_goes_on(
    survived, program, manu, monkeypatch
):
    sheet = lists.upload(program, manu, lists.many(3456))
    plain, written = splitting._write, 0

    def write(*args: Any) -> None:
        nonlocal written
        if written == survived:
            raise Killed
        written += 1
        plain(*args)

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(splitting, "_write", write)
        splitting.split(sheet.pk)

    sheet.refresh_from_db()
    assert sheet.rows_total == survived * splitting.BLOCK
    assert splitting.split(sheet.pk)

    sheet.refresh_from_db()
    assert [number for number, _cells in stored(sheet)] == list(range(2, 3458))
    assert sheet.rows_total == 3456


def test_a_long_file_is_read_in_turns(program, manu, monkeypatch):
    sheet = lists.upload(program, manu, lists.many(3456))
    monkeypatch.setattr(splitting, "SECONDS", 0.0)

    turns = 0
    while tasks.read_sheet({"sheet": sheet.pk}):
        turns += 1

    sheet.refresh_from_db()
    assert turns > 1
    assert [number for number, _cells in stored(sheet)] == list(range(2, 3458))
    assert sheet.status == Sheet.Status.CHECKING


def test_two_readers_of_one_list_write_each_row_once(program, manu, monkeypatch):
    sheet = lists.upload(program, manu, lists.many(3456))
    plain = splitting._write
    done: list[bool] = []

    def write(*args: Any) -> None:
        plain(*args)
        if not done:
            done.append(True)
            splitting.split(sheet.pk)

    monkeypatch.setattr(splitting, "_write", write)
    assert splitting.split(sheet.pk)

    sheet.refresh_from_db()
    assert [number for number, _cells in stored(sheet)] == list(range(2, 3458))
    assert sheet.status == Sheet.Status.CHECKING


def test_reading_again_changes_nothing(program, manu):
    sheet = lists.read(program, manu, lists.many(10))
    before = Sheet.objects.values().get(pk=sheet.pk)

    assert splitting.split(sheet.pk)

    assert Sheet.objects.values().get(pk=sheet.pk) == before
    assert len(stored(sheet)) == 10


def test_a_list_that_is_cancelled_while_it_is_read_leaves_nothing(
    program, manu, monkeypatch
):
    sheet = lists.upload(program, manu, lists.many(3456))
    plain = splitting._write

    def write(*args: Any) -> None:
        plain(*args)
        current = Sheet.objects.get(pk=sheet.pk)
        if current.status == Sheet.Status.READING:
            cancelling.cancel(current, version=current.version, actor=actor_of(manu))

    with monkeypatch.context() as patch:
        patch.setattr(splitting, "_write", write)
        assert splitting.split(sheet.pk)
    discard(sheet)

    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.CANCELLED
    assert not SheetBlock.objects.exists()
    assert not SheetChunk.objects.exists()


def test_the_outbox_reads_it(program, manu):
    sheet = lists.upload(program, manu, "E-mail\na@example.com\n")

    dispatch.drain()

    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.MAPPING
    assert not SheetChunk.objects.exists()


def test_a_list_whose_reading_is_given_up_is_refused(program, manu, boss):
    sheet = lists.upload(program, manu, "E-mail\na@example.com\n")
    Message.objects.filter(topic=intake.READ_TOPIC).update(status="stuck")

    stuck.give_up(
        Message.objects.get(topic=intake.READ_TOPIC), reason="Broken", actor=boss
    )

    sheet.refresh_from_db()
    assert sheet.status == Sheet.Status.REFUSED
    assert "Save it as CSV" in sheet.problem
