"""Problem rows go out as a file, and the corrected file comes back in by row number."""

from io import BytesIO

import pytest

from portal import tabular
from portal.audit.models import Entry
from programs.models import SheetRow
from programs.sheets import corrections, fixing
from tests.programs.sheets.checked import kinds_of, make_checked, row

pytestmark = pytest.mark.django_db

COLUMNS = ("Name", "E-mail", "Mobile", "Note")


@pytest.fixture
def sheet(program, manu):
    rows = [
        ("Dana", "dana@gamil.com", "", "=1+1"),
        ("Eli", "eli@example.com", "", "fine"),
        ("Fay", "fay@", "", '"quoted", and\nbroken'),
    ]
    made = make_checked(program, manu, rows, columns=COLUMNS)
    made.mapping.pop("Note")
    made.save()
    return made


def download(sheet) -> bytes:
    return b"".join(corrections.problem_rows(sheet))


def read(content: bytes):
    table = tabular.open_table(BytesIO(content), "x.csv")
    return table.header, [cells for _number, cells in table]


def merge(sheet, content: bytes, actor):
    return corrections.merge(sheet, BytesIO(content), actor=actor)


def test_the_file_has_the_problem_rows_their_columns_and_the_reason(sheet):
    header, rows = read(download(sheet))
    assert header == ["Row", *COLUMNS, "Problem"]
    assert [cells[0] for cells in rows] == ["2", "4"]
    assert rows[0][1:5] == ["Dana", "dana@gamil.com", "", "=1+1"]
    assert rows[0][5] == "“gamil.com” is probably meant to be gmail.com."
    assert b",'=1+1," in download(sheet)


def test_what_was_corrected_in_it_is_merged_by_row(sheet, manager):
    content = download(sheet).replace(b"gamil.com,", b"gmail.com,")
    merged = merge(sheet, content.replace(b"fay@,", b"fay@example.com,"), manager)
    assert (merged.merged, merged.unchanged, merged.unknown) == (2, 0, [])
    assert set(sheet.rows.values_list("status", flat=True)) == {"ready"}
    assert row(sheet, 2).fixes == {"email": "dana@gmail.com"}
    assert row(sheet, 2).cells[3] == "=1+1"


def test_the_journal_counts_and_names_nobody(sheet, manager):
    merge(sheet, download(sheet).replace(b"fay@,", b"fay@example.com,"), manager)
    entry = Entry.objects.get(action="sheet.corrected")
    assert entry.data == {"rows": 1, "unknown": 0, "fields": ["email", "name", "phone"]}


def test_an_untouched_file_changes_nothing(sheet, manager):
    merged = merge(sheet, download(sheet), manager)
    assert (merged.merged, merged.unchanged) == (0, 2)
    assert kinds_of(sheet, 4) == ["bad_email"]


def test_what_was_fixed_in_place_is_in_the_file(sheet, manager):
    fixing.fix(row(sheet, 4), field="name", value="Faye", actor=manager)
    _header, rows = read(download(sheet))
    assert rows[1][1] == "Faye"


def test_rows_the_list_does_not_have_are_told(sheet, manager):
    content = "Row,E-mail\n4,fay@example.com\n99,x@example.com\nabc,y@example.com\n"
    merged = merge(sheet, content.encode(), manager)
    assert (merged.merged, merged.unknown) == (1, ["abc", "99"])


def test_used_rows_stay_as_they_are(sheet, manager):
    sheet.rows.filter(number=3).update(status=SheetRow.Status.TAKEN)
    merged = merge(sheet, b"Row,E-mail\n3,else@example.com\n", manager)
    assert (merged.merged, merged.used) == (0, [3])
    assert row(sheet, 3).email == "eli@example.com"


def test_a_file_without_row_numbers_is_refused(sheet, manager):
    with pytest.raises(tabular.Unreadable, match="which rows"):
        merge(sheet, b"E-mail\nfay@example.com\n", manager)


def test_too_many_corrections_are_a_new_list(sheet, manager, monkeypatch):
    monkeypatch.setattr(corrections, "MOST_ROWS", 1)
    with pytest.raises(tabular.Unreadable, match="too many"):
        merge(sheet, download(sheet), manager)


def test_a_column_of_theirs_may_be_called_row(program, manu, manager):
    rows = [("A1", "Dana", "dana@")]
    sheet = make_checked(program, manu, rows, columns=("Row", "name", "email"))
    sheet.mapping.pop("Row")
    sheet.save()
    content = download(sheet).replace(b"dana@,", b"dana@example.com,")
    assert merge(sheet, content, manager).merged == 1
    assert row(sheet, 2).email == "dana@example.com"
