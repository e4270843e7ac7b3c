"""Bringing a list: kept once, in pieces, within bounds."""

import uuid
from io import BytesIO

import pytest

from portal import tabular
from portal.accounts.models import actor_of
from portal.audit import naming
from portal.audit.models import Entry
from portal.outbox.models import Message
from programs.models import Sheet
from programs.sheets import cancelling, intake
from programs.sheets.stored import stream_of
from tests import factories
from tests.programs.sheets import lists


def test_a_file_is_kept_as_it_came_and_will_be_read(program, manu):
    content = b"Name,E-mail\nAlba,alba@example.com\n"

    sheet = lists.upload(program, manu, content, name="a/b/Team.csv")

    assert stream_of(sheet).read() == content
    assert (sheet.name, sheet.status, sheet.size) == ("Team.csv", "reading", 34)
    message = Message.objects.get()
    assert message.topic == "programs.read_sheet"
    assert message.payload == {"sheet": sheet.pk}


def test_a_large_file_is_kept_in_pieces_that_can_be_read_from_anywhere(program, manu):
    content = bytes(range(1, 251)) * 12_000

    sheet = lists.upload(program, manu, content)

    assert sheet.chunks.count() == 3
    stream = stream_of(sheet)
    for start in (0, intake.CHUNK - 3, intake.CHUNK, 2_999_990):
        stream.seek(start)
        assert stream.read(7) == content[start : start + 7]
    assert stream.seek(0, 2) == len(content)
    assert stream.read() == b""


def test_a_piece_that_is_gone_is_no_shorter_file(program, manu):
    sheet = lists.upload(program, manu, b"a" * (intake.CHUNK + 1))
    sheet.chunks.filter(number=1).delete()

    with pytest.raises(EOFError):
        stream_of(sheet).read()


def test_the_journal_tells_of_it_without_what_is_in_it(program, manu):
    sheet = lists.upload(program, manu, "E-mail\nalba@example.com\n")

    entry = Entry.objects.get(action="sheet.uploaded")
    assert entry.program_id == program.pk
    assert entry.data == {"purpose": "rewards", "bytes": 24, "digest": sheet.digest}
    subject = ("sheet", str(sheet.pk))
    assert naming.names_of([subject])[subject].text == "people.csv"


def test_the_same_form_twice_is_one_list(program, manu):
    key = uuid.uuid4()

    first = lists.upload(program, manu, "E-mail\na@example.com\n", form_key=key)
    again = lists.upload(program, manu, "E-mail\na@example.com\n", form_key=key)

    assert again == first
    assert Entry.objects.filter(action="sheet.uploaded").count() == 1


def test_the_same_form_with_another_file_is_another_list(program, manu):
    key = uuid.uuid4()

    first = lists.upload(program, manu, "E-mail\na@example.com\n", form_key=key)
    other = lists.upload(program, manu, "E-mail\nb@example.com\n", form_key=key)

    assert other != first


def test_the_same_file_again_is_told(program, manu):
    lists.upload(program, manu, "E-mail\na@example.com\n", name="March.csv")
    again = lists.upload(program, manu, "E-mail\na@example.com\n", name="April.csv")
    another = factories.make_program("Summer")
    elsewhere = lists.upload(another, manu, "E-mail\na@example.com\n")

    assert len(again.notes) == 1
    assert "“March.csv”" in again.notes[0]
    assert elsewhere.notes == []


def test_a_file_nothing_came_of_is_no_file_brought_before(program, manu):
    first = lists.upload(program, manu, "E-mail\na@example.com\n")
    cancelling.cancel(first, version=first.version, actor=actor_of(manu))

    assert lists.upload(program, manu, "E-mail\na@example.com\n").notes == []


def test_too_large_a_file_is_refused_before_it_is_kept(program, manu, settings):
    settings.LIST_MOST_MB = 1

    with pytest.raises(tabular.Unreadable, match="larger than 1 MB"):
        lists.upload(program, manu, b"a" * (1024**2 + 1))

    assert not Sheet.objects.exists()


def test_an_empty_file_is_refused_at_once(program, manu):
    with pytest.raises(tabular.Unreadable, match="empty"):
        lists.upload(program, manu, b"")


def test_cells_without_a_file_are_a_list_too(program, manager):
    sheet = intake.upload(
        program,
        purpose=Sheet.Purpose.RECIPIENTS,
        name="",
        content=BytesIO(b"E-mail\tName\na@example.com\tAlba\n"),
        actor=manager,
        form_key=uuid.uuid4(),
    )

    assert sheet.name == "Pasted cells"
    assert sheet.purpose == "recipients"
